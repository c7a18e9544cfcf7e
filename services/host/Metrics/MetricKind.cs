namespace Glue.Host.Metrics;

/// <summary>The kinds of the Prometheus text format that Glue's instruments become.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
