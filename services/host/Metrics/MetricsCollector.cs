using System.Diagnostics.Metrics;

namespace Glue.Host.Metrics;

/// <summary>
/// Keeps what the services' meters measure, and the runtime's own, for <c>GET /metrics</c>. Only this container's meters
/// (those its <see cref="IMeterFactory"/> made): two stacks in one process do not count each other's work.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, InstrumentSeries> _instruments = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public MetricsCollector(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory) || instrument.Meter.Name == "System.Runtime")
            {
                listener.EnableMeasurementEvents(instrument, Take(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>All instruments by name, observed ones asked now.</summary>
    public IReadOnlyList<InstrumentSeries> Collect()
    {
        _listener.RecordObservableInstruments();
        lock (_lock)
        {
            return [.. _instruments.Values];
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Two services may make a meter of one name and the same instrument in it: they count together.</summary>
    private InstrumentSeries Take(Instrument instrument)
    {
        lock (_lock)
        {
            if (!_instruments.TryGetValue(instrument.Name, out var series))
            {
                _instruments.Add(instrument.Name, series = new InstrumentSeries(instrument));
            }

            return series;
        }
    }
}
