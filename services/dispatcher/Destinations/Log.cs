using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Destinations;

internal static partial class Log
{
    // 2500-2599: destinations. Ids are never reused.
    [LoggerMessage(2500, LogLevel.Error, "Delivery {InvocationId} to {Destination} broke")]
    public static partial void DeliveryBroke(ILogger logger, string invocationId, string destination, Exception exception);
}
