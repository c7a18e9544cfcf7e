namespace Glue.Host.FunctionalTests;

/// <summary>The script <c>./glue</c> itself, on a machine whose dotnet only notes what it is asked for.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ScriptTests()
    {
        File.Copy(Path.Combine(Repository.Root, "glue"), _folder["glue"]);
        Directory.CreateDirectory(_folder["bin"]);
        Program("dpkg-query", "echo installed");
        Program("npm", "echo \"npm $*\" >>calls; exit 1");
    }

    [Fact]
    public async Task Ctrl_C_ends_the_build_and_what_was_being_built_is_not_taken_for_built()
    {
        // As dotnet: hears of it as the whole terminal does, and ends as if by itself.
        Program("dotnet", """
            case $1 in --version) echo 10.0.100; exit 0 ;; esac
            echo "$*" >>calls
            case $* in *functions/dotnet*) kill -INT 0; exit 1 ;; esac
            """);
        (await GlueAsync("build")).Expect(exitCode: 130);

        Assert.Collection(
            await File.ReadAllLinesAsync(_folder["calls"]),
            static call => Assert.StartsWith("publish services/guest ", call, StringComparison.Ordinal),
            static call => Assert.StartsWith("publish functions/dotnet/", call, StringComparison.Ordinal));
        Assert.True(File.Exists(_folder["artifacts/.stamps/guest"]));
        Assert.False(File.Exists(_folder["artifacts/.stamps/dotnet"]));
    }

    [Theory]
    [InlineData("up", true)]
    [InlineData("doctor", true)]
    [InlineData("demo", true)]
    [InlineData("build", false)]
    [InlineData("test", false)]
    [InlineData("bench", false)]
    public async Task Whoever_asks_for_help_waits_for_nothing_that_only_the_verb_needs(string verb, bool isOfTheProgram)
    {
        Program("dotnet", """
            case $1 in --version) echo 10.0.100; exit 0 ;; publish) exit 0 ;; esac
            echo "$*" >>calls
            """);
        (await GlueAsync(verb, "--help")).Expect();

        string[] expected = isOfTheProgram ? [$"{_folder["artifacts/glue/glue.dll"]} {verb} --help"] : [];
        Assert.Equal(expected, File.Exists(_folder["calls"]) ? await File.ReadAllLinesAsync(_folder["calls"]) : []);
    }

    public void Dispose() => _folder.Dispose();

    private void Program(string name, string script)
    {
        var file = _folder["bin/" + name];
        File.WriteAllText(file, "#!/bin/bash\n" + script + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    // A session of its own: its Ctrl-C is nobody else's. With the signal as a terminal gives it, whatever this test was started from.
    private Task<Cli.Result> GlueAsync(params string[] arguments) => Cli.RunAsync(
        "setsid", ["--wait", "env", "--default-signal=INT", "./glue", .. arguments],
        new Dictionary<string, string> { ["PATH"] = $"{_folder["bin"]}:/usr/bin:/bin", ["TMPDIR"] = _folder.Path }, _folder.Path);
}
