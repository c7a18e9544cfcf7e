using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.EventSources;

/// <summary>One batch's place among those that run at once.</summary>
internal sealed class BatchTurn(BatchTurns turns, FunctionKey key, long charged, AdmittedPlace? place, TimeProvider time) : IDisposable
{
    private readonly long _since = time.GetTimestamp();
    private TimeSpan? _held;

    /// <summary>Something of the function ran: the time counts for its account's share.</summary>
    public void HasRun() => _held = time.GetElapsedTime(_since);

    /// <summary>There is room for it under its concurrency limits until it ends; false: there was nothing to run.</summary>
    public bool IsAdmitted => place is not null;

    public void Dispose() => turns.Finish(key, charged, place, _held);
}
