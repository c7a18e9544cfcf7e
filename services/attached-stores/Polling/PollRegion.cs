namespace Glue.AttachedStores.Polling;

/// <summary>Keys of one prefix, as far as no longer prefix's region has them.</summary>
/// <param name="Prefix">Raw.</param>
/// <param name="Since">Its first listing is not through: what was changed before that, by Glue's clock, was there before and is no event. Null: it is through, all that differs is.</param>
internal sealed record PollRegion(string Prefix, DateTimeOffset? Since);
