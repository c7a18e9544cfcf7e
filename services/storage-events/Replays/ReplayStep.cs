using Glue.Contracts.Invocations;

namespace Glue.StorageEvents.Replays;

/// <summary>What one step of a replay read.</summary>
/// <param name="Next">The replay behind it.</param>
/// <param name="Records">How many were read.</param>
/// <param name="Invocations">What the rules make of them.</param>
internal sealed record ReplayStep(Replay Next, int Records, List<Invocation> Invocations);
