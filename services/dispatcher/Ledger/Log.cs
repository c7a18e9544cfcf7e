using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Ledger;

internal static partial class Log
{
    // 2100-2199: the ledger. Ids are never reused.
    [LoggerMessage(2100, LogLevel.Information, "{Count} invocations older than {Retention} left the ledger")]
    public static partial void Expired(ILogger logger, int count, TimeSpan retention);

    [LoggerMessage(2101, LogLevel.Error, "Old invocations could not be removed from the ledger; tried again in ten minutes")]
    public static partial void ExpiryFailed(ILogger logger, Exception exception);
}
