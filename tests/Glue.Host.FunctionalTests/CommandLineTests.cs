namespace Glue.Host.FunctionalTests;

/// <summary>What is wrong with a command is said in a sentence, and the exit code is 2; nothing is started.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class CommandLineTests(SharedStack shared)
{
    private readonly GlueProcess _running = shared.Stack.Process;

    [Theory]
    [InlineData("glue: Required command was not provided.\nSee glue --help.\n")]
    [InlineData("glue: Unrecognized command or argument '--dta=x'.\nSee glue up --help.\n", "up", "--dta=x")]
    [InlineData("glue: --s3-port 70000: a port is a number from 0 to 65535.\nSee glue up --help.\n", "up", "--s3-port", "70000")]
    [InlineData("glue: There is no settings file /no/such/file.\n", "up", "--data", "/dev/null/x", "--config", "/no/such/file")]
    [InlineData("glue: /no/such/picture.jpg does not exist.\n/etc is a folder: name the pictures in it.\n--out /etc/passwd is a file: name a folder.\n",
        "demo", "/no/such/picture.jpg", "/etc", "--out", "/etc/passwd")]
    [InlineData("glue: No running stack was found in /no/such/folder. Start one with ./glue up, or name its folder with --data.\n", "invocations", "--data", "/no/such/folder")]
    public async Task A_wrong_command_is_answered_with_what_is_wrong(string says, params string[] arguments)
    {
        var result = await GlueCli.RunAsync(arguments);
        Assert.Equal((2, says), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Every_verb_of_the_program_is_one_of_the_script_too()
    {
        var own = (await GlueCli.RunAsync("--help")).Output.Split("Commands:")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static line => line.Split(' ')[0]).ToList();
        var script = await Cli.RunAsync(Path.Combine(Repository.Root, "glue"), ["help"]);

        Assert.Contains("reconcile", own);
        Assert.All(own, verb => Assert.Matches($@"(?m)^  \./glue {verb}( |$)", script.Output)); // what its help names, it takes
    }

    [Fact]
    public async Task A_second_stack_on_the_same_folder_or_the_same_port_does_not_start()
    {
        using var folder = new TempFolder();
        var sameFolder = await GlueCli.RunAsync("up", "--data", _running.DataFolder, "--s3-port", "0", "--api-port", "0", "--driver", "process");
        var port = new Uri(_running.S3).Port.ToString();
        var samePort = await GlueCli.RunAsync("up", "--data", folder["data"], "--s3-port", port, "--api-port", "0", "--driver", "process");

        Assert.Equal((2, 2), (sameFolder.ExitCode, samePort.ExitCode));
        Assert.StartsWith($"glue: The data folder {_running.DataFolder} is in use by another glue process", sameFolder.Error, StringComparison.Ordinal);
        Assert.Contains(port, samePort.Error, StringComparison.Ordinal);
        Assert.Contains("choose other ports with --s3-port and --api-port", samePort.Error, StringComparison.Ordinal);
        Assert.Single(samePort.Error.Trim().Split('\n'));
        using var http = new HttpClient();
        Assert.Equal("ready\n", await http.GetStringAsync(_running.Api + "/healthz"));
    }

    [Fact]
    public async Task All_wrong_settings_are_reported_at_once_wherever_they_come_from()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["glue.json"], """
            {
              "Dispatcher": { "RetryDelay": ["00:00:01"], "LeaseTime": "soon", "MaxLineageDepth": 0, "CodeFolder": "/tmp", "RetryDelays": ["x"] },
              "Dispacher": { "Region": "x" },
              "StorageEvents": 5
            }
            """);
        var result = await GlueCli.RunAsync(
            folder: null, new Dictionary<string, string> { ["GLUE_Workers__MaxSandboxes"] = "0", ["GLUE_WORKERS__COLOUR"] = "red" },
            "up", "--data", folder["data"], "--s3-port", "0", "--api-port", "0", "--driver", "process", "--config", folder["glue.json"]);

        Assert.Equal(2, result.ExitCode);
        string[] faults =
        [
            "glue: The settings are wrong:", "Dispatcher:RetryDelay is unknown; there are: AccountConcurrency, ", "Dispatcher:LeaseTime: 'soon' is not a duration",
            "Dispatcher: The field MaxLineageDepth must be between 1 and 1000.", "Dispatcher:CodeFolder is unknown", "Dispatcher:RetryDelays: 'x' is not a list",
            "Dispacher is unknown; there are: Dispatcher, FunctionLogs, ObjectStore, StorageEvents, Workers.", "StorageEvents: '5' is not a group of settings.",
            "Workers: The field MaxSandboxes must be between 1 and 4096.", "WORKERS:COLOUR is unknown",
        ];
        Assert.All(faults, fault => Assert.Contains(fault, result.Error, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(faults.Length, result.Error.Trim().Split('\n').Length);
    }

    [Fact]
    public async Task The_doctor_says_what_is_there_which_driver_is_used_and_that_a_stack_starts()
    {
        using var temporary = new TempFolder();
        var said = (await GlueCli.RunAsync(
            folder: null, new Dictionary<string, string> { ["TMPDIR"] = temporary.Path }, "doctor", "--driver", "process")).Expect();
        Assert.Matches(@"ok  driver: nodejs20\.x +node \d", said);
        Assert.Matches(@"ok  driver: python3\.11 +python 3\.\d", said);
        Assert.Matches(@"ok  driver: provided\.al2 ", said);
        Assert.Matches(@"ok  libvips\.so\.42 ", said);
        Assert.Matches("ok  driver +process", said);
        Assert.Matches(@"ok  stack +starts in \d", said);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
    }
}
