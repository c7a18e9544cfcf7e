using System.Text;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>One page of a list: <c>Marker</c> and <c>MaxItems</c> in the query, <c>NextMarker</c> in the answer.</summary>
internal static class Page
{
    /// <summary>Lists give at most 50, whatever MaxItems says.</summary>
    private const int Most = 50;

    /// <summary>The key behind which the page begins; null: at the first.</summary>
    /// <exception cref="LambdaException">The marker is none that was given.</exception>
    public static string? After(ApiCall call)
    {
        if (call.Query("Marker") is not { } marker)
        {
            return null;
        }

        var bytes = new byte[marker.Length];
        return Convert.TryFromBase64String(marker, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes.AsSpan(0, length))
            : throw LambdaException.InvalidParameter("The Marker is not one that this action gave as NextMarker.");
    }

    /// <param name="call">The request.</param>
    /// <param name="items">In the order of their keys, from behind <see cref="After"/>.</param>
    /// <param name="key">What <see cref="After"/> gives for the next page.</param>
    /// <param name="most">What MaxItems may be; AWS's model differs from list to list.</param>
    public static (List<T> Items, string? Next) Of<T>(ApiCall call, IEnumerable<T> items, Func<T, string> key, int most = 10_000)
    {
        var max = MaxItems(call, most);
        var page = items.Take(max + 1).ToList();
        if (page.Count <= max)
        {
            return (page, null);
        }

        page.RemoveAt(max);
        return (page, Convert.ToBase64String(Encoding.UTF8.GetBytes(key(page[^1]))));
    }

    private static int MaxItems(ApiCall call, int most)
    {
        if (call.Query("MaxItems") is not { } text)
        {
            return Most;
        }

        if (!int.TryParse(text, out var max))
        {
            throw LambdaException.Validation($"Value '{text}' at 'maxItems' failed to satisfy constraint: Member must be a number");
        }

        new FieldCheck().Range("maxItems", max, 1, most).Throw();
        return Math.Min(max, Most);
    }
}
