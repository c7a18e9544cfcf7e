namespace Glue.StorageEvents.Replays;

/// <summary>Body of <c>POST /glue/v1/replays</c>. Kind <c>replay</c> reads the log, <c>backfill</c> and <c>reconcile</c> what a bucket holds.</summary>
/// <param name="From">A time (ISO 8601) or an offset; of the log only.</param>
/// <param name="To">Where it ends, without that; null: the log's present end.</param>
/// <param name="Rule">Only this rule; a backfill is of one.</param>
/// <param name="Rate">Records per second.</param>
/// <param name="DryRun">Count only.</param>
/// <param name="Again">Run what is known as well.</param>
/// <param name="Kind">Null: <c>replay</c>.</param>
/// <param name="Bucket">Whose objects; of a backfill null where only one bucket has such a rule.</param>
/// <param name="Prefix">Only keys that begin so.</param>
internal sealed record ReplayRequest(
    string? From = null, string? To = null, string? Rule = null, int? Rate = null, bool DryRun = false, bool Again = false,
    string? Kind = null, string? Bucket = null, string? Prefix = null);
