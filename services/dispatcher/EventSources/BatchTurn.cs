using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.EventSources;

/// <summary>One batch's place among those that run at once.</summary>
internal sealed class BatchTurn(BatchTurns turns, FunctionKey key, long charged, TimeProvider time) : IDisposable
{
    private readonly long _since = time.GetTimestamp();
    private TimeSpan? _held;

    /// <summary>Something of the function ran: the time counts for its account's share.</summary>
    public void HasRun() => _held = time.GetElapsedTime(_since);

    public void Dispose() => turns.Finish(key, charged, _held);
}
