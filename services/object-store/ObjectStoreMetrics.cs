using System.Diagnostics.Metrics;

namespace Glue.ObjectStore;

internal sealed class ObjectStoreMetrics
{
    public const string MeterName = "Glue.ObjectStore";

    private readonly Histogram<double> _duration;

    public ObjectStoreMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram<double>("object_store.request.duration", "s", "Time from the request's head to the answer's end.");
    }

    public void Answered(string method, int status, TimeSpan elapsed) => _duration.Record(
        elapsed.TotalSeconds, new KeyValuePair<string, object?>("method", method), new KeyValuePair<string, object?>("status", status));
}
