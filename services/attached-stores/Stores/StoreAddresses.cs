namespace Glue.AttachedStores.Stores;

/// <summary>Where stores post their events to.</summary>
/// <param name="api">Glue's API, for stores on this machine; known once it is bound.</param>
internal sealed class StoreAddresses(Func<Uri> api)
{
    /// <summary>
    /// With the store's token in the path: Ceph and VersityGW can send no header of their own. Of a store that writes to Kafka
    /// <c>kafka://HOST:PORT/TOPIC</c>, without any keys: a store has its own.
    /// </summary>
    public Uri EventsOf(AttachedStore store) => store.Notify == StoreNotify.Kafka ? KafkaOf(Topics.StoreTopic.Of(store)) : new(store.Settings.EventsUrl ?? api(), $"{Webhooks.StoreEventsApi.Path}/{store.Name}/{store.Token}");

    private static Uri KafkaOf(Topics.StoreTopic topic) => new($"kafka://{topic.Servers[0]}/{topic.Name}");
}
