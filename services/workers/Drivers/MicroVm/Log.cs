using Microsoft.Extensions.Logging;

namespace Glue.Workers.Drivers.MicroVm;

internal static partial class Log
{
    // 4500-4599: workers, microVM driver. Ids are never reused; of a removed message the number stays, with a note.
    [LoggerMessage(4500, LogLevel.Warning, "The VM of {Sandbox} gave no sign of life within {Seconds} s (boot {Attempt}); it is ended")]
    public static partial void BootHung(ILogger logger, string sandbox, int attempt, double seconds);

    [LoggerMessage(4501, LogLevel.Information, "Base snapshot for functions of {MemoryMiB} MB made in {Milliseconds:0} ms")]
    public static partial void BaseSnapshotMade(ILogger logger, int memoryMiB, double milliseconds);

    [LoggerMessage(4502, LogLevel.Warning, "No base snapshot for functions of {MemoryMiB} MB could be made; their sandboxes boot instead")]
    public static partial void BaseSnapshotFailed(ILogger logger, int memoryMiB, Exception exception);

    [LoggerMessage(4503, LogLevel.Warning, "Sandbox {SandboxId} could not be restored from its snapshot, which is made anew; it boots instead")]
    public static partial void RestoreFailed(ILogger logger, string sandboxId, Exception exception);
}
