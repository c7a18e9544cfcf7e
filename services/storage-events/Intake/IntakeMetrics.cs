using System.Diagnostics.Metrics;
using Glue.StorageEvents.EventLog;

namespace Glue.StorageEvents.Intake;

/// <summary>What the intake did, for operators.</summary>
internal sealed class IntakeMetrics
{
    public const string MeterName = "Glue.StorageEvents";

    private readonly Counter<long> _records;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _invocations;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _delay;

    public IntakeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _records = meter.CreateCounter<long>("storage_events.intake.records", "{record}", "Log records handled.");
        _rejected = meter.CreateCounter<long>("storage_events.intake.rejected", "{record}", "Log records put aside because they could not be read.");
        _invocations = meter.CreateCounter<long>("storage_events.intake.invocations", "{invocation}", "Invocations enqueued, repeats included.");
        _refusals = meter.CreateCounter<long>("storage_events.intake.refusals", "{try}", "Tries that the queue or a disk refused; each is repeated.");
        _delay = meter.CreateHistogram<double>("storage_events.intake.delay", "s", "From the log taking a record to its invocations being enqueued: the oldest of each batch.");
    }

    public void Handled(IReadOnlyList<EventLogRecord> batch, MatchedBatch matched, DateTimeOffset now)
    {
        _records.Add(batch.Count);
        _rejected.Add(matched.Rejected.Count);
        _invocations.Add(matched.Invocations.Count);
        _delay.Record(Math.Max(0, (now - batch[0].Time).TotalSeconds));
    }

    public void Refused() => _refusals.Add(1);
}
