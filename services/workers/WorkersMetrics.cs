using System.Diagnostics.Metrics;
using Glue.Contracts.Invocations;

namespace Glue.Workers;

/// <summary>Meter <c>Glue.Workers</c>, one worker's part of it: every series names its worker.</summary>
internal sealed class WorkersMetrics
{
    private readonly KeyValuePair<string, object?> _worker;
    private readonly Histogram<double> _coldStart;
    private readonly Counter<long> _invocations;
    private readonly Counter<double> _billed;

    public WorkersMetrics(IMeterFactory factory, string workerId, Func<WorkerStatus?> status)
    {
        _worker = new("worker", workerId);
        var meter = factory.Create("Glue.Workers");
        _coldStart = meter.CreateHistogram<double>("workers.sandbox.cold_start.duration", "s", "From the start of a sandbox to its first poll.");
        _invocations = meter.CreateCounter<long>("workers.invocations", "{invocation}", "Attempts by how they ended.");
        _billed = meter.CreateCounter<double>("workers.billed", "MiBy.s", "Billed duration times memory size.");
        meter.CreateObservableUpDownCounter("workers.sandboxes", () => new Measurement<int>(status()?.Sandboxes ?? 0, _worker), "{sandbox}", "Sandboxes alive.");
        meter.CreateObservableUpDownCounter(
            "workers.sandboxes.idle", () => new Measurement<int>(status()?.IdleSandboxes ?? 0, _worker), "{sandbox}", "Of these, how many wait for an invocation.");
    }

    public void ColdStarted(TimeSpan duration, string runtime) =>
        _coldStart.Record(duration.TotalSeconds, _worker, new KeyValuePair<string, object?>("runtime", runtime));

    public void Invoked(InvokeOutcome outcome, int memoryMiB)
    {
        _invocations.Add(1, _worker, new KeyValuePair<string, object?>("status", outcome.Status switch
        {
            InvokeStatus.Succeeded => "succeeded",
            InvokeStatus.FunctionError => "function_error",
            _ => "not_run",
        }));
        _billed.Add(outcome.BilledDuration.TotalSeconds * memoryMiB, _worker);
    }
}
