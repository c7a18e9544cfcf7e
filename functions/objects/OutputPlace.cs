namespace Glue.Functions.Objects;

/// <summary>Where a function's results go.</summary>
/// <param name="Bucket"><c>OUTPUT_BUCKET</c>; null: the bucket of the original.</param>
/// <param name="Prefix"><c>OUTPUT_PREFIX</c> of the results' keys; may be empty only with another bucket.</param>
public sealed record OutputPlace(string? Bucket, string Prefix)
{
    /// <param name="settings">The environment.</param>
    /// <param name="prefix">Where nothing is said.</param>
    /// <param name="results">What they are called, in the plural.</param>
    public static OutputPlace Read(Settings settings, string prefix, string results)
    {
        var place = new OutputPlace(settings.Text("OUTPUT_BUCKET"), settings.TextOrEmpty("OUTPUT_PREFIX", prefix));
        if (place.Prefix.Length == 0 && place.Bucket is null)
        {
            settings.Fault($"OUTPUT_PREFIX is empty and OUTPUT_BUCKET is not set: {results} would overwrite their originals; set one of them");
        }

        return place;
    }

    /// <summary>The bucket of the results of an object.</summary>
    public string BucketFor(string bucket) => Bucket ?? bucket;

    /// <summary>True for an object that is a result itself.</summary>
    public bool Holds(string bucket, string key) =>
        BucketFor(bucket) == bucket && Prefix.Length > 0 && key.StartsWith(Prefix, StringComparison.Ordinal);
}
