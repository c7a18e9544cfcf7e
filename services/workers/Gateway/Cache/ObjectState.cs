using System.Globalization;

namespace Glue.Workers.Gateway.Cache;

/// <summary>
/// Which state of an object an answer is of. The entity tag alone would not do: another object of the same bytes may have the same, and stores differ in what
/// they make it of.
/// </summary>
internal sealed record ObjectState(string ETag, string LastModified, string? VersionId, long Length)
{
    /// <returns>Null: the answer does not say enough.</returns>
    public static ObjectState? Of(HttpResponseMessage answer)
    {
        var content = answer.Content.Headers.NonValidated;
        return answer.StatusCode == System.Net.HttpStatusCode.OK
            && answer.Headers.NonValidated.TryGetValues("ETag", out var tag) && tag.ToString() is ['"', ..] strong
            && content.TryGetValues("Last-Modified", out var modified)
            && content.TryGetValues("Content-Length", out var length)
            && long.TryParse(length.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new ObjectState(strong, modified.ToString(), answer.Headers.NonValidated.TryGetValues("x-amz-version-id", out var version) ? version.ToString() : null, bytes)
            : null;
    }
}
