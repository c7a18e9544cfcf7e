using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Tests.Polling;

/// <summary>An event log that knows a repeat when it sees one, and fails when it is told to, before or after it took a batch.</summary>
internal sealed class ToldEvents : IStoreEvents
{
    private readonly HashSet<ObjectChange> _known = [];

    /// <summary>Each once, in order.</summary>
    public List<ObjectChange> All { get; } = [];

    public int Repeats { get; private set; }

    public Action BeforeTaking { get; set; } = static () => { };

    public Action AfterTaking { get; set; } = static () => { };

    public Task AppendAsync(IReadOnlyList<ObjectChange> changes, CancellationToken cancellationToken)
    {
        BeforeTaking();
        foreach (var change in changes)
        {
            if (_known.Add(change))
            {
                All.Add(change);
            }
            else
            {
                Repeats++;
            }
        }

        AfterTaking();
        return Task.CompletedTask;
    }

    public Task<TakenEvents> TakeAsync(AttachedStore store, IReadOnlyList<ReadOnlyMemory<byte>> messages, Func<string, bool>? isOwn, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Polling posts nothing.");
}
