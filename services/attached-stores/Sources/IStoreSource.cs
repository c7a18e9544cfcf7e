using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Sources;

/// <summary>
/// A way to learn of a store's changes that Glue keeps up itself (a connection, a topic, a look at the listing), where the store does not post to it.
/// <see cref="StoreSources"/> runs it once per store that is attached this way.
/// </summary>
internal interface IStoreSource
{
    StoreNotify Notify { get; }

    /// <summary>Looks whether a store can be attached this way, before it is.</summary>
    /// <param name="draft">As somebody wants it.</param>
    /// <param name="before">The store as it is attached now; null: it is not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The draft, with what this way adds to its settings.</returns>
    /// <exception cref="Api.StoreRefusal">It cannot, and what to do.</exception>
    Task<StoreDraft> AdmitAsync(StoreDraft draft, AttachedStore? before, CancellationToken cancellationToken);

    /// <summary>Brings the store's changes until it is told to end. Whatever it throws, it is begun again after a while.</summary>
    /// <param name="store">As it is attached; a change of it ends this and begins anew.</param>
    /// <param name="status">For people.</param>
    /// <param name="cancellationToken">Ends it: the store was detached or changed, or the process stops.</param>
    Task RunAsync(AttachedStore store, SourceStatus status, CancellationToken cancellationToken);

    /// <summary>For <c>store check</c>: what a look finds now; a sentence.</summary>
    /// <exception cref="Requests.StoreException">It does not work, and what to do.</exception>
    /// <exception cref="HttpRequestException">The store does not answer.</exception>
    Task<string> CheckAsync(AttachedStore store, CancellationToken cancellationToken);

    /// <summary>The store was detached, and nothing of it runs any more.</summary>
    Task ForgetAsync(string store);
}
