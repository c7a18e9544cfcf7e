using System.Diagnostics;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Drivers.Process;

/// <summary>Finds out what this machine allows, by doing it.</summary>
internal static class ProcessProbe
{
    public static (SandboxSupport Support, ICgroups? Cgroups) Run(string agent)
    {
        List<SandboxFinding> findings = [ProbeAgent(agent), ProbeBubblewrap()];
        var isSupported = findings.TrueForAll(static each => each.IsGood);
        var cgroups = OpenCgroups(out var finding);
        findings.Add(finding);
        findings.Add(Native.EffectiveUser() == 0
            ? new SandboxFinding("user", true, "Runs as root: every sandbox gets a user of its own.")
            : new SandboxFinding("user", true, "Runs without root: sandboxes share the worker's user and are kept apart by namespaces."));
        return (new SandboxSupport("process", isSupported, findings), cgroups);
    }

    private static SandboxFinding ProbeAgent(string agent) => File.Exists(agent)
        ? new SandboxFinding("agent", true, agent)
        : new SandboxFinding("agent", false, $"The agent is missing ({agent}): run ./glue build.");

    private static SandboxFinding ProbeBubblewrap()
    {
        if (!File.Exists(Bubblewrap.Program))
        {
            return new SandboxFinding("bubblewrap", false, "bubblewrap is not installed: apt-get install bubblewrap.");
        }

        var (exitCode, error) = Try(
            Bubblewrap.Program, "--unshare-user", "--unshare-pid", "--unshare-net", "--disable-userns", "--uid", "993", "--ro-bind", "/usr", "/usr",
            "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--size", "65536", "--tmpfs", "/tmp", "--", "/usr/bin/true");
        return exitCode == 0
            ? new SandboxFinding("bubblewrap", true, "Namespaces work.")
            : new SandboxFinding("bubblewrap", false, $"bubblewrap cannot make a sandbox here ({error}). Allow user namespaces "
                + "(sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0), or use the microVM driver.");
    }

    /// <summary>The control groups of this machine, or null; <paramref name="finding"/> says which, or why none.</summary>
    public static ICgroups? OpenCgroups(out SandboxFinding finding)
    {
        List<string> reasons = [];
        foreach (var open in (Func<ICgroups>[])[CgroupsV2.Open, CgroupsV1.Open])
        {
            try
            {
                var cgroups = open();
                finding = new SandboxFinding("cgroup", true, cgroups.Description);
                return cgroups;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                reasons.Add(e.Message);
            }
        }

        finding = new SandboxFinding(
            "cgroup", false, $"No control groups ({string.Join("; ", reasons)}): memory is limited by the agent and rlimits, CPU is not limited. Run as root, or with systemd's Delegate=yes.");
        return null;
    }

    private static (int ExitCode, string Error) Try(string program, params IEnumerable<string> arguments)
    {
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error.Trim());
    }
}
