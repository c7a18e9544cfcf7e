using System.Diagnostics;

namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>The VMM as it is installed.</summary>
internal static class QemuProgram
{
    /// <summary>The first line of <c>--version</c>: saved states fit no other version (<c>microvm</c> has no versioned machine types). Empty when it is not installed.</summary>
    public static string Version { get; } = ReadVersion();

    private static string ReadVersion()
    {
        if (!File.Exists(QemuCommand.Program))
        {
            return "";
        }

        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(QemuCommand.Program, "--version") { RedirectStandardOutput = true, UseShellExecute = false })!;
        var line = process.StandardOutput.ReadLine();
        process.WaitForExit();
        return line ?? "";
    }
}
