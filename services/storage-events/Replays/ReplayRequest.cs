namespace Glue.StorageEvents.Replays;

/// <summary>Body of <c>POST /glue/v1/replays</c>.</summary>
/// <param name="From">A time (ISO 8601) or an offset.</param>
/// <param name="To">Where it ends, without that; null: the log's present end.</param>
/// <param name="Rule">Only this rule.</param>
/// <param name="Rate">Records per second.</param>
/// <param name="DryRun">Count only.</param>
/// <param name="Again">Run what is known as well.</param>
internal sealed record ReplayRequest(string? From, string? To = null, string? Rule = null, int? Rate = null, bool DryRun = false, bool Again = false);
