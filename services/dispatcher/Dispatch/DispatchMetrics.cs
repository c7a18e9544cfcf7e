using System.Diagnostics;
using System.Diagnostics.Metrics;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.Dispatch;

internal sealed class DispatchMetrics
{
    private readonly Histogram<double> _waited;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _attempts;

    public DispatchMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Glue.Dispatcher");
        _waited = meter.CreateHistogram<double>("dispatcher.invocation.wait.duration", "s", "From acceptance to the start of an attempt.");
        _duration = meter.CreateHistogram<double>("dispatcher.invocation.run.duration", "s", "Run time of an attempt, without its start.");
        _attempts = meter.CreateCounter<long>("dispatcher.invocation.attempts", "{attempt}", "Attempts of queued invocations by outcome.");
    }

    public void Started(TimeSpan waited) => _waited.Record(waited.TotalSeconds);

    public void Finished(InvokeOutcome outcome)
    {
        var tag = outcome.Status switch
        {
            InvokeStatus.Succeeded => "succeeded",
            InvokeStatus.FunctionError => "function_error",
            _ => "not_run",
        };
        _attempts.Add(1, new KeyValuePair<string, object?>("outcome", tag));
        if (outcome.Status != InvokeStatus.NotRun)
        {
            _duration.Record(outcome.Duration.TotalSeconds, new TagList { { "outcome", tag } });
        }
    }
}
