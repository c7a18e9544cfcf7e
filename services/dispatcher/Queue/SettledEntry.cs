namespace Glue.Dispatcher.Queue;

/// <summary>What a settlement changed on disk.</summary>
/// <param name="Ready">Entries of the same function that are ready now: the settled one itself, when it waits for another try, and who comes next of its order key.</param>
internal sealed record SettledEntry(IReadOnlyList<QueueHead> Ready)
{
    public static SettledEntry Nothing { get; } = new([]);
}
