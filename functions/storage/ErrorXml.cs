namespace Glue.Functions.Storage;

/// <summary>
/// Picks the text of an element out of S3's error document. The document is flat and comes from the store; an XML reader would be the
/// larger half of a small function.
/// </summary>
internal static class ErrorXml
{
    /// <returns>Null when there is no such element.</returns>
    public static string? Element(string xml, string name)
    {
        var start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        start += name.Length + 2;
        var end = xml.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return end < 0 ? null : Unescape(xml[start..end]);
    }

    private static string Unescape(string text) => !text.Contains('&', StringComparison.Ordinal) ? text : text
        .Replace("&lt;", "<", StringComparison.Ordinal)
        .Replace("&gt;", ">", StringComparison.Ordinal)
        .Replace("&quot;", "\"", StringComparison.Ordinal)
        .Replace("&apos;", "'", StringComparison.Ordinal)
        .Replace("&#39;", "'", StringComparison.Ordinal)
        .Replace("&amp;", "&", StringComparison.Ordinal);
}
