using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Intake;

namespace Glue.StorageEvents.Replays;

/// <summary>A stretch of the event log.</summary>
internal sealed class LogSource : IReplaySource
{
    private readonly IEventLogReader _reader;
    private readonly ReplayFilter _filter;
    private readonly RecordMatcher _matcher;

    public LogSource(IEventLog log, RecordMatcherFactory matchers, Replay replay)
    {
        _reader = log.OpenReader();
        _filter = new ReplayFilter(replay);
        _matcher = matchers.New(_filter.Wants);
    }

    public async Task<Replay> BeginAsync(Replay replay, CancellationToken cancellationToken)
    {
        var found = await _reader.FindAsync(_filter.From, _filter.To, cancellationToken);
        return replay with { Stretches = found.Stretches, HasTimes = found.HasTimes, Total = found.Stretches.Sum(static stretch => stretch.End - stretch.Next) };
    }

    public async Task<ReplayStep> ReadAsync(Replay replay, int maxRecords, CancellationToken cancellationToken)
    {
        _filter.UsesEventTimes = !replay.HasTimes;
        var stretch = replay.Stretches![0];
        var batch = await _reader.ReadAsync(stretch, maxRecords, cancellationToken);
        var next = batch.Count == 0 ? stretch.End : batch[^1].Offset + 1;
        var rest = replay.Stretches!.Skip(1);
        var behind = replay with { Stretches = [.. next < stretch.End ? rest.Prepend(stretch with { Next = next }) : rest] };
        return new ReplayStep(behind, batch.Count, batch.Count == 0 ? [] : _matcher.Match(batch).Invocations);
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();
}
