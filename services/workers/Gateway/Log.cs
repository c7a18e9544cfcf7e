using Microsoft.Extensions.Logging;

namespace Glue.Workers.Gateway;

internal static partial class Log
{
    // 4900-4999: storage gateway.
    [LoggerMessage(4900, LogLevel.Debug, "Storage request of sandbox {SandboxId} refused: {Code}: {Reason}")]
    public static partial void Refused(ILogger logger, string sandboxId, string code, string reason);

    [LoggerMessage(4901, LogLevel.Warning, "The object store does not answer sandbox {SandboxId}: {Reason}")]
    public static partial void StoreUnavailable(ILogger logger, string sandboxId, string reason);

    [LoggerMessage(4902, LogLevel.Warning, "An answer to sandbox {SandboxId} was cut off: {Reason}")]
    public static partial void AnswerCutOff(ILogger logger, string sandboxId, string reason);

    [LoggerMessage(4903, LogLevel.Error, "A storage request of sandbox {SandboxId} failed")]
    public static partial void Failed(ILogger logger, string sandboxId, Exception exception);
}
