using System.Diagnostics.Metrics;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.LambdaApi;

internal sealed class InvokeMetrics
{
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _throttles;

    public InvokeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Glue.Dispatcher");
        _duration = meter.CreateHistogram<double>("dispatcher.invoke.duration", "s", "Synchronous invocations, start of the sandbox included.");
        _throttles = meter.CreateCounter<long>("dispatcher.invoke.throttles", "{invocation}", "Synchronous invocations refused at a concurrency limit.");
    }

    public void Invoked(InvokeStatus status, TimeSpan duration)
    {
        var outcome = status switch
        {
            InvokeStatus.Succeeded => "succeeded",
            InvokeStatus.FunctionError => "function_error",
            _ => "not_run",
        };
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    public void Throttled() => _throttles.Add(1);
}
