using System.Text.Json;
using System.Text.Json.Serialization;

namespace Glue.Host.Client;

/// <summary>One row of the ledger, as <c>GET /glue/v1/invocations</c> shows it. Durations in milliseconds.</summary>
internal sealed record InvocationView
{
    public required string Id { get; init; }

    public required string Function { get; init; }

    /// <summary>queued, running, failed (waits for its retry), succeeded, dead.</summary>
    public required string State { get; init; }

    public int Attempts { get; init; }

    public required SourceView Source { get; init; }

    public DateTimeOffset AcceptedAt { get; init; }

    public DateTimeOffset EnqueuedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? Start { get; init; }

    public double StartMs { get; init; }

    public double DurationMs { get; init; }

    public string? Reason { get; init; }

    public JsonElement? Error { get; init; }

    public string? LogTail { get; init; }

    public bool IsSettled => State is "succeeded" or "dead";

    internal sealed record SourceView(string Kind, string? Bucket, string? Key);
}

/// <summary>The answer of <c>GET /glue/v1/invocations</c>.</summary>
internal sealed record InvocationList(IReadOnlyList<InvocationView> Invocations);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InvocationList))]
internal sealed partial class InvocationJson : JsonSerializerContext;
