using System.Text.Json.Serialization;
using Glue.Functions.Runtime;

namespace Glue.Functions.Transform;

/// <summary>The function's answer.</summary>
/// <param name="Objects">One for each record that gave one.</param>
internal sealed record TransformReport(IReadOnlyList<TransformReport.Entry> Objects)
{
    /// <param name="Bucket">Where the results are.</param>
    /// <param name="Keys">The results; several when they are split.</param>
    /// <param name="Records">Written; 0 where the results are recordings.</param>
    /// <param name="Rejects">Key of the rejects object; null: there were none.</param>
    /// <param name="Rejected">Records in it.</param>
    internal sealed record Entry(string Bucket, IReadOnlyList<string> Keys, long Records, string? Rejects, long Rejected);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(S3Event))]
[JsonSerializable(typeof(TransformReport))]
internal sealed partial class TransformJson : JsonSerializerContext;
