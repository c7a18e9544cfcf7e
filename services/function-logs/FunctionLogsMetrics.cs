using System.Diagnostics.Metrics;

namespace Glue.FunctionLogs;

/// <summary>Meter <c>Glue.FunctionLogs</c>.</summary>
internal sealed class FunctionLogsMetrics
{
    private readonly Counter<long> _stored;
    private readonly Counter<long> _dropped;

    public FunctionLogsMetrics(IMeterFactory factory)
    {
        var meter = factory.Create("Glue.FunctionLogs");
        _stored = meter.CreateCounter<long>("function_logs.lines", "{line}", "Lines of functions stored.");
        _dropped = meter.CreateCounter<long>("function_logs.dropped", "{line}", "Lines that came faster than they could be stored.");
    }

    public void Stored(long lines) => _stored.Add(lines);

    public void Dropped(long lines) => _dropped.Add(lines);
}
