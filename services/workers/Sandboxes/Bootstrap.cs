using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Glue.Workers.Sandboxes;

/// <summary>Looks at the <c>bootstrap</c> of a <c>provided.*</c> function before it is started, to say what is wrong in words.</summary>
internal static class Bootstrap
{
    private const ushort X64 = 62;
    private const ushort Arm64 = 183;

    /// <returns>Null when it can be tried.</returns>
    public static FunctionFailure? Check(string path)
    {
        if (!File.Exists(path))
        {
            return Failures.InvalidEntrypoint(
                "the code has no file 'bootstrap' at its root, nor has a layer; put the executable there under exactly this name (for a handler written for a language runtime choose that runtime)");
        }

        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(path) & execute) == UnixFileMode.None)
        {
            return Failures.InvalidEntrypoint(
                "'bootstrap' has no execute permission; run chmod 755 bootstrap before zipping it (zip keeps the permission, some archivers do not)");
        }

        Span<byte> head = stackalloc byte[20];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return length >= 2 && head.StartsWith("#!"u8) ? null
            : length >= head.Length && head.StartsWith("\u007fELF"u8) ? CheckElf(head)
            : Failures.InvalidEntrypoint("'bootstrap' is neither a Linux program (ELF) nor a script with a #! line");
    }

    private static FunctionFailure? CheckElf(ReadOnlySpan<byte> head)
    {
        var here = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;
        var machine = BinaryPrimitives.ReadUInt16LittleEndian(head[18..]); // e_machine
        return machine == here ? null : Failures.InvalidEntrypoint(
            $"'bootstrap' is built for another processor ({NameOf(machine)}); this machine is {NameOf(here)}: build it for {(here == X64 ? "linux-x64 (GOARCH=amd64)" : "linux-arm64 (GOARCH=arm64)")}");
    }

    private static string NameOf(ushort machine) => machine switch
    {
        3 => "x86, 32 bit",
        40 => "arm, 32 bit",
        X64 => "x86_64",
        Arm64 => "arm64",
        243 => "riscv",
        _ => $"ELF machine {machine}",
    };
}
