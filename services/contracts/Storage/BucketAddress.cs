namespace Glue.Contracts.Storage;

/// <summary>
/// A bucket and the store it lies in. As text <c>BUCKET</c> in the embedded store and <c>STORE/BUCKET</c> in an attached one: no bucket's
/// name holds a slash, so the two are never mistaken. Rules, the ledger and the queue know buckets by this text.
/// </summary>
/// <param name="Store">The attached store's name; null: the embedded one.</param>
/// <param name="Bucket">The bucket's name, as the store and the function know it.</param>
public readonly record struct BucketAddress(string? Store, string Bucket)
{
    public static BucketAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new BucketAddress(null, text) : new BucketAddress(text[..slash], text[(slash + 1)..]);
    }

    public override string ToString() => Store is null ? Bucket : $"{Store}/{Bucket}";
}
