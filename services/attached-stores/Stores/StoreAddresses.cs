namespace Glue.AttachedStores.Stores;

/// <summary>Where stores post their events to.</summary>
/// <param name="api">Glue's API, for stores on this machine; known once it is bound.</param>
internal sealed class StoreAddresses(Func<Uri> api)
{
    /// <summary>With the store's token in the path: Ceph and VersityGW can send no header of their own.</summary>
    public Uri EventsOf(AttachedStore store) => new(store.Settings.EventsUrl ?? api(), $"{Webhooks.StoreEventsApi.Path}/{store.Name}/{store.Token}");
}
