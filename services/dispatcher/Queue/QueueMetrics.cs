using System.Diagnostics.Metrics;

namespace Glue.Dispatcher.Queue;

internal sealed class QueueMetrics
{
    private readonly Counter<long> _enqueued;
    private readonly Counter<long> _repeats;

    public QueueMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Glue.Dispatcher");
        _enqueued = meter.CreateCounter<long>("dispatcher.queue.enqueued", "{invocation}", "Invocations taken into the queue.");
        _repeats = meter.CreateCounter<long>("dispatcher.queue.repeats", "{invocation}", "Invocations ignored because their id was known.");
    }

    public void Enqueued(int added, int repeats)
    {
        _enqueued.Add(added);
        _repeats.Add(repeats);
    }
}
