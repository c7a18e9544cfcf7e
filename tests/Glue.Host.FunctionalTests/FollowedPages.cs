using System.Text;

namespace Glue.Host.FunctionalTests;

/// <summary>
/// A page of docs/ followed as it stands: its shell blocks one after the other in one bash, on a fresh stack, in a folder that holds what the
/// reader is taken to have. Only the ports differ, and <c>./glue up</c> is running already. <c>GLUE_DOCS_DRIVER=microvm</c> follows them in microVMs.
/// </summary>
internal static class FollowedPages
{
    // A waiter of awscli gives up after 20 looks, 5 s apart; a busy machine may need more than a reader's.
    private const string Preamble = """
        set -euo pipefail; shopt -s expand_aliases; unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
        aws() { case " $* " in *" wait "*) command aws "$@" || command aws "$@" || command aws "$@";; *) command aws "$@";; esac; }

        """;

    private static readonly string Driver = Environment.GetEnvironmentVariable("GLUE_DOCS_DRIVER") ?? "process";

    /// <param name="page">Its name in docs/.</param>
    /// <param name="have">Makes the reader's own files.</param>
    /// <returns>What the commands printed.</returns>
    public static async Task<string> FollowAsync(string page, string have)
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", have], folder: folder.Path)).Expect();
        await File.WriteAllTextAsync(folder["glue"], $"#!/bin/sh\nexec dotnet '{Repository.Artifact("glue/glue.dll")}' \"$@\"\n");
        Directory.CreateSymbolicLink(folder["artifacts"], Path.Combine(Repository.Root, "artifacts"));
        File.SetUnixFileMode(folder["glue"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var glue = await GlueProcess.StartAsync(folder["data"], "--driver", Driver);
        var script = Commands(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", page)))
            .Replace("http://127.0.0.1:9000", glue.S3, StringComparison.Ordinal)
            .Replace("http://127.0.0.1:9100", glue.Api, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["page.sh"], Preamble + script);
        var said = await Cli.RunAsync(
            "/bin/bash", ["-x", "page.sh"], new Dictionary<string, string> { ["AWS_CONFIG_FILE"] = "/dev/null", ["AWS_PAGER"] = "" }, folder.Path, TimeSpan.FromMinutes(15));
        Assert.True(said.ExitCode == 0, $"{page} cannot be followed:\n{said.Output}\n{said.Error}\n{glue.Log}");
        return said.Output;
    }

    private static string Commands(string page)
    {
        var commands = new StringBuilder();
        var (inside, first) = (false, false);
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                (inside, first) = (!inside, true);
                continue;
            }

            if (inside && !(first && line.StartsWith("./glue up", StringComparison.Ordinal)))
            {
                commands.Append(line).Append('\n');
            }

            first = false;
        }

        return commands.ToString();
    }
}
