using System.IO.Compression;
using System.Text;

namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>A call as it went out, told so that it can be sent again by hand.</summary>
/// <param name="Head">Request line and headers, as HTTP writes them.</param>
/// <param name="Body">Empty: none.</param>
/// <param name="Signed">How.</param>
internal sealed record SentCall(string Head, byte[] Body, string Signed)
{
    private const int MostShown = 280;

    /// <summary>For the eye, cut: what it was, and its body.</summary>
    public IEnumerable<string> Summary
    {
        get
        {
            var (first, headers) = Head.TrimEnd().Split("\r\n") is [var line, .. var rest] ? (line, string.Join("; ", rest)) : ("", "");
            yield return Cut($"{Signed}: {first}");
            yield return Cut(headers);
            yield return Cut($"body of {Body.Length} bytes: {Encoding.UTF8.GetString(Body)}");
        }
    }

    /// <summary>All of it, for a shell: these lines through <c>base64 -d | gunzip</c> are what went out.</summary>
    public IEnumerable<string> Whole => Convert.ToBase64String(Packed()).Chunk(MostShown).Select(static line => new string(line));

    public static SentCall Of(HttpRequestMessage request, byte[] body, string signed)
    {
        var head = new StringBuilder($"{request.Method} {request.RequestUri!.PathAndQuery} HTTP/1.1\r\n");
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            head.Append($"{name}: {values}\r\n");
        }

        return new SentCall(head.Append($"content-length: {body.Length}\r\n\r\n").ToString(), body, signed);
    }

    /// <summary>On one line, no longer than is read.</summary>
    public static string Cut(string text)
    {
        var line = string.Concat(text.Take(MostShown).Select(static c => char.IsControl(c) ? ' ' : c));
        return text.Length > MostShown ? $"{line}… ({text.Length} characters)" : line;
    }

    private byte[] Packed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Head));
            gzip.Write(Body);
        }

        return packed.ToArray();
    }
}
