namespace Glue.Guest.Telemetry;

/// <summary>What an extension asked for.</summary>
/// <param name="Types">Which streams.</param>
/// <param name="IsOfLogsApi">By the older API, which knows fewer platform events.</param>
/// <param name="MaxItems">A batch with so many records leaves at once. 1000 to 10000.</param>
/// <param name="MaxBytes">Or with so many bytes. 262144 to 1048576.</param>
/// <param name="TimeoutMs">A record waits no longer. 25 to 30000.</param>
/// <param name="Port">Where the extension listens, on the loopback.</param>
/// <param name="Path">Of its HTTP server; null: it wants lines of JSON by TCP.</param>
internal sealed record SubscriptionTerms(TelemetryTypes Types, bool IsOfLogsApi, int MaxItems, int MaxBytes, int TimeoutMs, int Port, string? Path)
{
    /// <summary>The Logs API has no events of init and restore.</summary>
    public bool Wants(TelemetryTypes type, string name) => Types.HasFlag(type)
        && (!IsOfLogsApi || type != TelemetryTypes.Platform || name is "platform.start" or "platform.end" or "platform.runtimeDone" or "platform.report"
            or "platform.extension" or "platform.logsSubscription" or "platform.logsDropped")
        && (IsOfLogsApi || name is not ("platform.end" or "platform.logsSubscription"));
}
