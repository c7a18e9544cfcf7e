using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Idempotency;

internal static partial class Log
{
    // 2700-2799: idempotency. Ids are never reused.
    [LoggerMessage(2700, LogLevel.Error, "The outcome of invocation {InvocationId} cannot be written; its key is held and no other of the kind runs until it is (is the disk full?)")]
    public static partial void OutcomeNotKept(ILogger logger, string invocationId, Exception exception);
}
