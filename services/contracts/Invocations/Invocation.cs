namespace Glue.Contracts.Invocations;

/// <summary>
/// One decision to run a function for something that happened: an entry of the invocation queue. The id is deterministic for
/// storage events (same record and rule, same id), so that a repeat is recognised.
/// </summary>
public sealed record Invocation
{
    /// <summary>UUID text; also the <c>AwsRequestId</c> that every attempt of it shows.</summary>
    public required string Id { get; init; }

    /// <summary>The function's account, 12 digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>The function's bare name.</summary>
    public required string FunctionName { get; init; }

    /// <summary>Version or alias; null means <c>$LATEST</c>.</summary>
    public string? Qualifier { get; init; }

    /// <summary>The event handed to the function: UTF-8 JSON, at most 1 MiB (Lambda's limit for asynchronous calls).</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Invocations of one function with the same key run in enqueued order, one at a time; null: unordered. For storage events <c>bucket/key</c>.</summary>
    public string? OrderKey { get; init; }

    /// <summary>What caused it, for the ledger and for people.</summary>
    public InvocationSource Source { get; init; } = InvocationSource.Api;

    /// <summary>How many functions stand before this one in its chain of causes; 0 for an event that no function caused. A chain of 16 is stopped.</summary>
    public int LineageDepth { get; init; }

    /// <summary>W3C trace context, when the event carried one.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it was accepted; the maximum event age counts from here.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }
}
