using Glue.Functions.Storage;

namespace Glue.Functions.Objects.Staging;

/// <summary>How large the parts of an upload are: small ones keep memory flat, but an upload has at most 10,000.</summary>
internal static class PartSizes
{
    /// <summary>Of a part that is not the last.</summary>
    public const int Least = MultipartUpload.LeastPartBytes;

    // Four are held at once, and counted in an int. 10,000 of them are nearly 5 TiB, S3's largest object for most of its life.
    private const int Most = int.MaxValue / 4;

    private const int Step = 1_000;

    /// <param name="bytes">Of the object; null: not known, the parts grow with it (5 MiB for the first 1,000, 10 for the next, …: 275 GiB in all).</param>
    /// <param name="number">1 for the first.</param>
    public static int Of(long? bytes, int number) => (int)Math.Clamp(
        bytes is { } known ? ((known - 1) / MultipartUpload.MostParts) + 1 : (long)Least * (1 + ((number - 1) / Step)), Least, Most);
}
