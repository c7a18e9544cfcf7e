using Glue.Contracts.Invocations;

namespace Glue.StorageEvents.Intake;

/// <summary>What a batch of log records came to.</summary>
internal sealed class MatchedBatch
{
    public List<Invocation> Invocations { get; } = [];

    public List<RejectedRecord> Rejected { get; } = [];
}
