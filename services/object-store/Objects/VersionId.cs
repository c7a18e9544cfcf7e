using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>
/// A version's name: <c>null</c>, or the sequencer of the change that made it. Of two versions of a key the later therefore has the
/// greater id, which S3 does not promise and nobody needs to know.
/// </summary>
/// <param name="Text">As clients see it.</param>
/// <param name="Sequence">What the text says; -1 for <c>null</c>.</param>
internal sealed record VersionId(string Text, long Sequence)
{
    public static VersionId Null { get; } = new("null", -1);

    public bool IsNull => Sequence < 0;

    public static VersionId Of(long sequence) => new(Sequencer.Format(sequence), sequence);

    /// <param name="text">From a query or a document; null or empty: no version is named.</param>
    /// <exception cref="S3Exception">InvalidArgument: no id of this store looks so.</exception>
    public static VersionId? Parse(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : text == "null" ? Null
        : Sequencer.TryParse(text, out var sequence) ? new VersionId(text, sequence)
        : throw new S3Exception(S3Error.InvalidArgument, "Invalid version id specified") { Details = [("ArgumentName", "versionId"), ("ArgumentValue", text)] };

    public override string ToString() => Text;
}
