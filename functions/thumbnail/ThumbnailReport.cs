using System.Text.Json.Serialization;
using Glue.Functions.Runtime;

namespace Glue.Functions.Thumbnail;

/// <summary>The function's answer.</summary>
/// <param name="Thumbnails">One for each record that gave one.</param>
internal sealed record ThumbnailReport(IReadOnlyList<ThumbnailReport.Entry> Thumbnails)
{
    /// <param name="Bucket">Where the thumbnail is.</param>
    /// <param name="Key">Its key.</param>
    /// <param name="Width">Pixels.</param>
    /// <param name="Height">Pixels.</param>
    /// <param name="Bytes">Its size.</param>
    internal sealed record Entry(string Bucket, string Key, int Width, int Height, int Bytes);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(S3Event))]
[JsonSerializable(typeof(ThumbnailReport))]
internal sealed partial class ThumbnailJson : JsonSerializerContext;
