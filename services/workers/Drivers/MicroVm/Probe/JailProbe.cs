using System.Diagnostics;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Drivers.MicroVm.Probe;

/// <summary>Finds out how far VMMs can be shut in here, by shutting something in; shown by <c>glue doctor</c>.</summary>
internal static class JailProbe
{
    private const string Sees = "in which there are the distribution's programs, read-only, and nothing else; and no network.";

    /// <param name="agent">The agent's program, which is the way in.</param>
    /// <param name="walls">What holds.</param>
    public static SandboxFinding Run(string agent, out JailWalls walls)
    {
        var isRoot = Posix.geteuid() == 0;
        var error = isRoot ? Try(agent, ["launch", "--jail", "--", "/usr/bin/true"]) : Try(VmJail.RootlessJail[0], [.. VmJail.RootlessJail.Skip(1), "/usr/bin/true"]);
        walls = error is not null ? JailWalls.None : isRoot ? JailWalls.OwnRoot : JailWalls.UserNamespace;
        return walls switch
        {
            JailWalls.OwnRoot => new("jail", true, $"Each VMM has a user of its own, which owns nothing, and a root of its own, {Sees}"),
            JailWalls.UserNamespace => new("jail", true, "Runs without root: VMMs share the worker's user, but each sees no other process, and has a root of its own, " + Sees),
            _ when isRoot => new("jail", false, $"Each VMM has a user of its own, but no root of its own can be had here ({error}): one that a guest has broken out into could "
                + "read what everybody may read, and reach the network. Let the worker mount (CAP_SYS_ADMIN)."),
            _ => new("jail", false, $"Without root and without user namespaces ({error}): a VMM that a guest has broken out into could do what the worker's user can. "
                + "Run as root, or install bubblewrap and allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)."),
        };
    }

    /// <returns>Null when it works.</returns>
    private static string? Try(string program, IEnumerable<string> arguments)
    {
        if (!File.Exists(program))
        {
            return $"{program} is missing";
        }

        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.Length > 0 ? error : $"exit code {process.ExitCode}";
    }
}
