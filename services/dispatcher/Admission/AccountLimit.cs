namespace Glue.Dispatcher.Admission;

/// <summary>What one account may use.</summary>
internal sealed record AccountLimit
{
    /// <summary>Invocations at once, synchronous and asynchronous together. Default 1000, as Lambda's.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Share of the service beside other accounts. 0.01 to 100; default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Invocations waiting. Default 1,000,000.</summary>
    public required int QueueLength { get; init; }

    /// <summary>How long an event may wait, unless its function says less. Default 6 h.</summary>
    public required TimeSpan MaxEventAge { get; init; }
}
