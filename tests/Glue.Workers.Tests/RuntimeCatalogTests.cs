using Glue.Workers.Runtimes;

namespace Glue.Workers.Tests;

public sealed class RuntimeCatalogTests
{
    private static readonly Interpreter Node20 = new(Language.Node, new Version(20, 19, 2), "/usr/bin/node");
    private static readonly Interpreter Python311 = new(Language.Python, new Version(3, 11, 2), "/usr/bin/python3");
    private static readonly Interpreter Python313 = new(Language.Python, new Version(3, 13, 5), "/usr/bin/python3.13");

    [Theory]
    [InlineData("python3.11", "3.11.2")]
    [InlineData("python3.12", "3.13.5")]
    [InlineData("python3.13", "3.13.5")]
    [InlineData("nodejs20.x", "20.19.2")]
    public void A_runtime_gets_the_oldest_interpreter_that_is_not_older_than_its_name(string runtime, string version)
    {
        var catalog = Catalog(Node20, Python313, Python311);

        Assert.Null(catalog.WhyNot(runtime));
        Assert.Equal(Version.Parse(version), catalog.Find(runtime)!.Version);
    }

    [Theory]
    [InlineData("nodejs22.x", "The runtime nodejs22.x needs node 22 or newer, and the sandboxes here have 20.19.2. Name a folder with bin/node of that version in the setting Workers:Interpreters:nodejs22.x")]
    [InlineData("python3.12", "The runtime python3.12 needs python 3.12 or newer, and the sandboxes here have 3.11.2.")]
    [InlineData("ruby3.4", "The runtime ruby3.4 is not known here")]
    public void A_runtime_without_an_interpreter_is_refused_with_the_way_out(string runtime, string message)
    {
        var catalog = Catalog(Node20, Python311);

        Assert.StartsWith(message, catalog.WhyNot(runtime), StringComparison.Ordinal);
        Assert.Null(catalog.Find(runtime));
        Assert.DoesNotContain(runtime, catalog.Available);
    }

    [Fact]
    public void Bootstraps_need_no_interpreter() =>
        Assert.Equal(["provided.al2023", "provided.al2"], Catalog().Available);

    [Fact]
    public void A_setting_decides_for_its_runtime_alone_even_for_an_older_interpreter()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["bin"]);
        File.WriteAllText(folder["bin/node"], "#!/bin/sh\necho v18.20.4\n");
        File.SetUnixFileMode(folder["bin/node"], (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        var catalog = new RuntimeCatalog([Node20], new Dictionary<string, string> { ["nodejs22.x"] = folder.Path });

        var set = catalog.Find("nodejs22.x")!;

        Assert.Equal((new Version(18, 20, 4), "/var/lang/bin/node", folder.Path), (set.Version, set.Program, set.Source));
        Assert.Equal(Node20, catalog.Find("nodejs20.x"));
        Assert.NotNull(catalog.WhyNot("nodejs24.x"));
    }

    [Fact]
    public void What_was_fetched_serves_whatever_it_fits_and_a_setting_wins_over_it()
    {
        using var folder = new TempFolder();
        Say("interpreters/node-22.23.3", "v22.23.3");
        Say("interpreters/node-24.21.0", "v24.21.0");
        Say("interpreters/.fetching", "v99.0.0");
        Say("own", "v24.0.1");
        var found = InterpreterSearch.Installed(new WorkersOptions { Folder = folder["work"], GuestFolder = folder["guest"] });
        var catalog = new RuntimeCatalog([Node20, .. found], new Dictionary<string, string> { ["nodejs24.x"] = folder["own"] });

        Assert.Equal(2, found.Count(static each => each.Language == Language.Node));
        Assert.Equal(Node20, catalog.Find("nodejs20.x"));
        Assert.Equal(("22.23.3", "/var/lang/bin/node", folder["interpreters/node-22.23.3"]), Seen("nodejs22.x"));
        Assert.Equal(("24.0.1", "/var/lang/bin/node", folder["own"]), Seen("nodejs24.x"));

        (string, string, string?) Seen(string runtime) => catalog.Find(runtime) is { } found ? (found.Version.ToString(), found.Program, found.Source) : default;

        void Say(string home, string version)
        {
            Directory.CreateDirectory(folder[$"{home}/bin"]);
            File.WriteAllText(folder[$"{home}/bin/node"], $"#!/bin/sh\necho {version}\n");
            File.SetUnixFileMode(folder[$"{home}/bin/node"], (UnixFileMode)0b111_101_101);
            File.SetUnixFileMode(folder[home], (UnixFileMode)0b111_101_101);
        }
    }

    [Fact]
    public void Class_libraries_run_on_the_NET_of_this_program_or_one_that_was_set_and_is_new_enough()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["dotnet"], "#!/bin/sh\necho 'Microsoft.AspNetCore.App 8.0.1 [/x]'\necho 'Microsoft.NETCore.App 8.0.1 [/x]'\n");
        File.SetUnixFileMode(folder["dotnet"], (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        var own = InterpreterSearch.Installed(new WorkersOptions { Folder = folder["work"], GuestFolder = folder["guest"] });
        var catalog = new RuntimeCatalog(own, new Dictionary<string, string> { ["dotnet8"] = folder.Path });

        Assert.Equal((Environment.Version, "/var/lang/dotnet"), catalog.Find("dotnet10") is { } found ? (found.Version, found.Program) : default);
        Assert.True(File.Exists(Path.Combine(catalog.Find("dotnet10")!.Source!, "dotnet")));
        Assert.Equal("dotnet:10.v" + Environment.Version, catalog.VersionOf("dotnet10", "eu-west-1").Version);
        Assert.Equal("Workers:Interpreters:dotnet8 is of no use: it has .NET 8.0.1; class libraries are run by .NET 10.0 or newer, whatever they were built for.", catalog.WhyNot("dotnet8"));
        Assert.Null(new RuntimeCatalog(own, new Dictionary<string, string>()).WhyNot("dotnet8"));
        Assert.StartsWith("The runtime dotnet8 needs .NET 8 or newer, and the sandboxes here have none.", Catalog(Node20).WhyNot("dotnet8"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_leads_nowhere_refuses_its_runtime_and_says_why()
    {
        var catalog = new RuntimeCatalog([Python311, Python313], new Dictionary<string, string> { ["python3.12"] = "/nowhere" });

        Assert.StartsWith("Workers:Interpreters:python3.12 is of no use: /nowhere/bin/python3 cannot be run:", catalog.WhyNot("python3.12"), StringComparison.Ordinal);
        Assert.Null(catalog.WhyNot("python3.13"));
    }

    [Fact]
    public void The_version_tells_runtime_and_interpreter_and_its_arn_changes_with_it()
    {
        var (old, upgraded) = (Catalog(Python311).VersionOf("python3.11", "eu-west-1"), Catalog(Python313).VersionOf("python3.11", "eu-west-1"));

        Assert.Equal("python:3.11.v3.11.2", old.Version);
        Assert.Matches("^arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}$", old.Arn);
        Assert.Equal("python:3.11.v3.13.5", upgraded.Version);
        Assert.NotEqual(old.Arn, upgraded.Arn);
        Assert.Equal("provided:al2023.v1", Catalog().VersionOf("provided.al2023", "eu-west-1").Version);
    }

    private static RuntimeCatalog Catalog(params Interpreter[] interpreters) => new(interpreters, new Dictionary<string, string>());
}
