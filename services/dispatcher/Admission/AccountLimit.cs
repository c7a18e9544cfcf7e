namespace Glue.Dispatcher.Admission;

/// <summary>What one account may use.</summary>
internal sealed record AccountLimit
{
    /// <summary>Invocations at once, synchronous and asynchronous together. Default 1000, as Lambda's.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Share of the service beside other accounts.</summary>
    public double Weight { get; init; } = 1;
}
