using System.Text.Json.Serialization;
using Glue.Functions.Runtime;

namespace Glue.Functions.Decompress;

/// <summary>The function's answer.</summary>
/// <param name="Archives">One for each record that gave one.</param>
internal sealed record DecompressReport(IReadOnlyList<DecompressReport.Entry> Archives)
{
    /// <param name="Bucket">Where the members and their manifest are.</param>
    /// <param name="Manifest">The manifest's key.</param>
    /// <param name="Format">For example <c>zip</c> or <c>tar, gzip</c>.</param>
    /// <param name="Members">Stored.</param>
    /// <param name="Skipped">Links and devices.</param>
    /// <param name="Bytes">Of all members.</param>
    /// <param name="BytesRead">Of the archive's object.</param>
    internal sealed record Entry(string Bucket, string Manifest, string Format, int Members, int Skipped, long Bytes, long BytesRead);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(S3Event))]
[JsonSerializable(typeof(DecompressReport))]
internal sealed partial class DecompressJson : JsonSerializerContext;
