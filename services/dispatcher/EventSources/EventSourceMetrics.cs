using System.Diagnostics.Metrics;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.EventSources;

internal sealed class EventSourceMetrics
{
    private readonly Counter<long> _records;
    private readonly Counter<long> _filtered;
    private readonly Counter<long> _batches;

    public EventSourceMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Glue.Dispatcher");
        _records = meter.CreateCounter<long>("dispatcher.event_source.records", "{record}", "Records of event source mappings handed to functions, repeats included.");
        _filtered = meter.CreateCounter<long>("dispatcher.event_source.filtered", "{record}", "Records that no filter of their mapping wanted.");
        _batches = meter.CreateCounter<long>("dispatcher.event_source.batches", "{batch}", "Tries of batches, by outcome.");
    }

    public void Invoked(int records, InvokeStatus status)
    {
        _records.Add(status == InvokeStatus.NotRun ? 0 : records);
        _batches.Add(1, new KeyValuePair<string, object?>("outcome", status.ToString()));
    }

    public void Filtered(int records) => _filtered.Add(records);
}
