namespace Glue.Dispatcher.Accounts;

/// <summary>A tenant: who owns buckets and functions, and what it may use. Null limits: the installation's defaults.</summary>
internal sealed record Account
{
    /// <summary>The account that is there from the start and alone may manage accounts.</summary>
    public const string Installation = "000000000000";

    /// <summary>12 digits.</summary>
    public required string Id { get; init; }

    /// <summary>Unique; for people.</summary>
    public required string Name { get; init; }

    /// <summary>Share of the service beside other accounts, 0.01 to 1000.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Invocations at once, synchronous and asynchronous together; 0 stops all of them.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Asynchronous invocations that may wait.</summary>
    public int? QueueLength { get; init; }

    /// <summary>How long one may wait, retries included; a function's own MaximumEventAgeInSeconds may be shorter.</summary>
    public TimeSpan? QueueAge { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
