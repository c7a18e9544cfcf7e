using System.Diagnostics.Metrics;

namespace Glue.Host.Metrics;

/// <summary>What one instrument has measured, by tags. Looking a series up allocates nothing: instruments have few, and hot paths measure.</summary>
internal sealed class InstrumentSeries(Instrument instrument)
{
    private readonly Lock _lock = new();
    private volatile MetricSeries[] _series = [];

    public Instrument Instrument => instrument;

    public MetricKind Kind { get; } = KindOf(instrument);

    public IReadOnlyList<MetricSeries> Series => _series;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(_series, tags) ?? Create(tags);
        if (instrument.IsObservable)
        {
            series.Set(value); // an observed value is the whole, not a change
        }
        else
        {
            series.Add(value);
        }
    }

    private static MetricSeries? Find(MetricSeries[] all, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in all)
        {
            if (series.Has(tags))
            {
                return series;
            }
        }

        return null;
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
    }

    private MetricSeries Create(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (Find(_series, tags) is { } other)
            {
                return other;
            }

            var series = new MetricSeries(tags.ToArray(), Kind == MetricKind.Histogram);
            _series = [.. _series, series];
            return series;
        }
    }
}
