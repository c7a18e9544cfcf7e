using Glue.Contracts.Storage;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Rules;

namespace Glue.StorageEvents.Replays;

/// <summary>What of a stretch a replay wants.</summary>
internal sealed class ReplayFilter(Replay replay)
{
    public LogPlace From { get; } = Parse(replay.From);

    public LogPlace? To { get; } = replay.To is { } to ? Parse(to) : null;

    /// <summary>The log knows no times: the events' own decide.</summary>
    public bool UsesEventTimes { get; set; }

    public bool Wants(ObjectChange change, CompiledRule rule) =>
        rule.Function.AccountId == replay.AccountId
        && (replay.Rule is null || rule.Rule.Id == replay.Rule)
        && (!UsesEventTimes || IsBetween(change.Time));

    private bool IsBetween(DateTimeOffset time) =>
        (From.Time is not { } from || time >= from) && (To is not { Time: { } to } || time < to);

    private static LogPlace Parse(string text) =>
        LogPlace.TryParse(text, out var place) ? place : throw new FormatException($"'{text}' is neither a time nor an offset."); // the API checked it
}
