namespace Glue.Dispatcher.Admission;

/// <summary>What one account may use.</summary>
internal sealed record AccountLimit
{
    /// <summary>Invocations at once, synchronous and asynchronous together. Default 1000, as Lambda's.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Share of the service beside other accounts.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Asynchronous invocations that may wait; null: as many as the disk holds.</summary>
    public int? QueueLength { get; init; }

    /// <summary>How long one may wait, retries included; null: as long as its function or the installation allows.</summary>
    public TimeSpan? QueueAge { get; init; }
}
