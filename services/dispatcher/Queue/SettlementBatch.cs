using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Idempotency;

namespace Glue.Dispatcher.Queue;

/// <summary>Settlements that go to disk in one change: those that came while the one before was written.</summary>
internal sealed class SettlementBatch
{
    // One for each caller: those who wait for one task together would each go on on a thread of its own, and in no order.
    private readonly List<TaskCompletionSource> _waiting = [];

    public List<(Settlement Settlement, FunctionKey Function, QueueHead Head)> Members { get; } = [];

    /// <summary>Outcomes to keep though the lease that they came of is held no more.</summary>
    public List<KeptOutcome> Outcomes { get; } = [];

    public bool IsEmpty => Members.Count == 0 && Outcomes.Count == 0;

    /// <summary>Completes when the batch is on disk, or fails with it. Whoever waits goes on at once, in the order of these calls.</summary>
    public Task WaitAsync()
    {
        var mine = new TaskCompletionSource();
        _waiting.Add(mine);
        return mine.Task;
    }

    public void Succeed() => _waiting.ForEach(static waiting => waiting.SetResult());

    public void Fail(Exception exception) => _waiting.ForEach(waiting => waiting.SetException(exception));
}
