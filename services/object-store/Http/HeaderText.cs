using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Http;

/// <summary>What requests say in headers, and what of that an answer's headers can say again: the server throws on anything else.</summary>
internal static class HeaderText
{
    /// <summary>RFC 9110, section 5.6.2. The server reads requests with other names, but sends none.</summary>
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>All control characters but the tab (RFC 9110, section 5.5).</summary>
    private static readonly SearchValues<char> NoValueChars = SearchValues.Create(
        [.. Enumerable.Range(0, ' ').Append('\x7f').Select(static code => (char)code).Where(static c => c != '\t')]);

    /// <summary>Reads a header the way S3 does: an empty one is none.</summary>
    /// <returns>Null when it is absent or empty.</returns>
    public static string? Text(this IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>Can be a header's name in an answer.</summary>
    public static bool IsName(ReadOnlySpan<char> name) => name.Length > 0 && !name.ContainsAnyExcept(TokenChars);

    /// <summary>A value out of a request on its way into the answer's headers. All of them pass here.</summary>
    /// <param name="value">As the request has it.</param>
    /// <param name="argument">Its name there.</param>
    /// <exception cref="S3Exception">InvalidArgument: no header can hold it.</exception>
    public static string ForAnswer(string value, string argument) => value.AsSpan().ContainsAny(NoValueChars)
        ? throw new S3Exception(S3Error.InvalidArgument, $"{argument} holds a control character: it cannot be a header of the answer.")
        {
            Details = [("ArgumentName", argument)],
        }
        : value;
}
