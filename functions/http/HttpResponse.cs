using System.Buffers.Text;
using System.Text;

namespace Glue.Functions.Http;

/// <summary>Status, headers and body of the last exchange on a connection; valid until the next one begins.</summary>
public sealed class HttpResponse
{
    private byte[] _head = new byte[1024];
    private int _headLength;

    internal HttpResponse(HttpConnection connection) => Body = new HttpBodyStream(connection);

    public int Status { get; private set; }

    /// <summary>Bytes of the body; null when only its end will tell.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Read it to its end or leave it: the next exchange deals with what is left.</summary>
    public HttpBodyStream Body { get; }

    internal bool ClosesConnection { get; private set; }

    /// <summary>The value of the first header of that name, trimmed; null when there is none.</summary>
    /// <param name="name">Compared without regard to case.</param>
    public string? Header(ReadOnlySpan<byte> name) => TryFind(name, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Every header as text, names in lower case.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers()
    {
        var lines = Encoding.UTF8.GetString(_head, 0, _headLength).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                yield return new(line[..colon].ToLowerInvariant(), line[(colon + 1)..].Trim());
            }
        }
    }

    /// <param name="head">From the status line to the last header, without the empty line.</param>
    /// <param name="hasBody">False for an answer to HEAD.</param>
    internal void Read(ReadOnlySpan<byte> head, bool hasBody)
    {
        if (_head.Length < head.Length)
        {
            _head = new byte[head.Length * 2];
        }

        head.CopyTo(_head);
        _headLength = head.Length;

        // "HTTP/1.1 200 OK"
        if (head.Length < 12 || !head.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(head[9..12], out int status, out _))
        {
            throw new HttpFaultException("The other side did not answer in HTTP/1.1: " + Encoding.UTF8.GetString(head[..Math.Min(40, head.Length)]));
        }

        Status = status;
        ClosesConnection = TryFind("Connection"u8, out var connection) && Ascii.EqualsIgnoreCase(connection, "close"u8);
        ContentLength = null;
        if (!hasBody || status is 204 or 304 or < 200)
        {
            Body.Begin(BodyFraming.Length, 0);
            ContentLength = ReadContentLength();
        }
        else if (TryFind("Transfer-Encoding"u8, out var coding) && Ascii.EqualsIgnoreCase(coding, "chunked"u8))
        {
            Body.Begin(BodyFraming.Chunked, 0);
        }
        else if ((ContentLength = ReadContentLength()) is { } length)
        {
            Body.Begin(BodyFraming.Length, length);
        }
        else
        {
            ClosesConnection = true;
            Body.Begin(BodyFraming.UntilClose, 0);
        }
    }

    private long? ReadContentLength()
    {
        if (!TryFind("Content-Length"u8, out var text))
        {
            return null;
        }

        return Utf8Parser.TryParse(text, out long length, out var used) && used == text.Length && length >= 0
            ? length
            : throw new HttpFaultException("The other side sent a Content-Length that is not a number.");
    }

    private bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var rest = _head.AsSpan(0, _headLength);
        while (rest.IndexOf("\r\n"u8) is >= 0 and var end)
        {
            rest = rest[(end + 2)..];
            if (rest.Length > name.Length && rest[name.Length] == ':' && Ascii.EqualsIgnoreCase(rest[..name.Length], name))
            {
                var line = rest[(name.Length + 1)..];
                var lineEnd = line.IndexOf("\r\n"u8);
                value = (lineEnd < 0 ? line : line[..lineEnd]).Trim(" \t"u8);
                return true;
            }
        }

        value = default;
        return false;
    }
}
