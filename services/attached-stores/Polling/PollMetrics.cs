using System.Diagnostics.Metrics;

namespace Glue.AttachedStores.Polling;

/// <summary>What polling did, for operators.</summary>
internal sealed class PollMetrics
{
    public const string MeterName = "Glue.AttachedStores";

    private readonly Counter<long> _objects;
    private readonly Counter<long> _events;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _duration;

    public PollMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _objects = meter.CreateCounter<long>("attached_stores.poll.objects", "{object}", "Objects that polls listed.");
        _events = meter.CreateCounter<long>("attached_stores.poll.events", "{event}", "Changes that polls found and the event log took, repeats included.");
        _failures = meter.CreateCounter<long>("attached_stores.poll.failures", "{try}", "Listings that broke off; each goes on from where it was.");
        _duration = meter.CreateHistogram<double>("attached_stores.poll.duration", "s", "From a listing's beginning until its last event was in the event log.");
    }

    public void Listed(int objects) => _objects.Add(objects);

    public void Told(int events) => _events.Add(events);

    public void Failed() => _failures.Add(1);

    public void Through(PollResult result) => _duration.Record((result.EndedAt - result.BeganAt).TotalSeconds);
}
