namespace Glue.AttachedStores.Stores;

/// <summary>How Glue learns of changes in an attached store. Kept on disk by name: never rename one.</summary>
public enum StoreNotify
{
    /// <summary>The store posts its events to Glue, and Glue sets the store's own notification configuration: Ceph, MinIO, RustFS.</summary>
    Webhook,

    /// <summary>The store posts its events to Glue because its administrator told it to: VersityGW, which has one setting for all buckets, or anything else.</summary>
    Manual,

    /// <summary>Glue lists the store's buckets again and again and tells what differs: Garage, SeaweedFS, AWS.</summary>
    Poll,

    /// <summary>Glue holds a connection per bucket over which the store tells its events: MinIO's listen call, which Glue's own store has too.</summary>
    Listen,

    /// <summary>The store writes its events to a Kafka topic, which Glue reads; Glue sets the store's own notification configuration where it can.</summary>
    Kafka,
}
