using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Http;

/// <summary>Reads headers the way S3 does: an empty one is none.</summary>
internal static class HeaderText
{
    /// <returns>Null when it is absent or empty.</returns>
    public static string? Text(this IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
}
