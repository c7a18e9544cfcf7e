namespace Glue.AttachedStores.Stores;

/// <summary>What became of event messages.</summary>
/// <param name="Foreign">Events of buckets that are not the store's.</param>
/// <param name="Faults">One sentence for each message that could not be read, or not whole.</param>
public sealed record TakenEvents(int Foreign, IReadOnlyList<string> Faults);
