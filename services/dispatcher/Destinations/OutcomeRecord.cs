namespace Glue.Dispatcher.Destinations;

/// <summary>What a destination is told.</summary>
public sealed record OutcomeRecord
{
    /// <summary>The same for every try; a receiver recognises repeats by it.</summary>
    public required string Id { get; init; }

    /// <summary>The function's account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The destination.</summary>
    public required string Arn { get; init; }

    /// <summary>The function whose invocation ended; the bare name.</summary>
    public required string FunctionName { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Of what is done with it in the chain of causes: an object that is written begins there.</summary>
    public required int LineageDepth { get; init; }

    /// <summary>AWS's invocation record, UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }
}
