namespace Glue.ObjectStore.Buckets;

/// <summary>S3's three states of a bucket; from the first there is a way out, but none back.</summary>
internal enum Versioning
{
    /// <summary>Never had versions: a put replaces, a delete removes.</summary>
    Off,

    /// <summary>Every put adds a version, a delete adds a marker.</summary>
    Enabled,

    /// <summary>Puts and markers replace the version <c>null</c>; other versions stay.</summary>
    Suspended,
}
