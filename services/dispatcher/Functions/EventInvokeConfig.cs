namespace Glue.Dispatcher.Functions;

/// <summary>
/// How a function's asynchronous invocations are retried, and who hears of their end (Lambda API Reference, PutFunctionEventInvokeConfig, read
/// 2026-11). Null: the default.
/// </summary>
internal sealed record EventInvokeConfig
{
    /// <summary>Retries after errors of the function, 0 to 2.</summary>
    public int? MaximumRetryAttempts { get; init; }

    /// <summary>How long an event may wait, retries included: 60 to 21600 s.</summary>
    public int? MaximumEventAgeInSeconds { get; init; }

    /// <summary>ARN of what is told of a success: a function, or what an <see cref="Destinations.IRecordDestination"/> serves.</summary>
    public string? OnSuccess { get; init; }

    /// <summary>ARN of what is told of a dead letter, likewise.</summary>
    public string? OnFailure { get; init; }

    public required DateTimeOffset LastModified { get; init; }
}
