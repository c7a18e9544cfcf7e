using System.Text;

namespace Glue.Functions.Http;

/// <summary>Formats the head of a request into one buffer that lives as long as its owner.</summary>
public sealed class HttpRequestHead
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    internal ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Begins a new head.</summary>
    /// <param name="method"><c>GET</c>, <c>PUT</c>, …</param>
    /// <param name="target">Path and query, already percent-encoded.</param>
    /// <param name="host">The Host header.</param>
    public HttpRequestHead Start(string method, string target, string host)
    {
        _length = 0;
        Ascii(method);
        Raw(" "u8);
        Ascii(target);
        Raw(" HTTP/1.1\r\nHost: "u8);
        Ascii(host);
        Raw("\r\n"u8);
        return this;
    }

    /// <exception cref="ArgumentException">The name or value has a character that a header cannot carry (not printable ASCII).</exception>
    public HttpRequestHead Header(string name, string value)
    {
        Ascii(name);
        Raw(": "u8);
        Ascii(value);
        Raw("\r\n"u8);
        return this;
    }

    public HttpRequestHead Header(string name, long value)
    {
        Ascii(name);
        Raw(": "u8);
        Reserve(20);
        value.TryFormat(_buffer.AsSpan(_length), out var written);
        _length += written;
        Raw("\r\n"u8);
        return this;
    }

    /// <summary>Ends the head. A body of 0 bytes must be announced too, with Content-Length.</summary>
    public HttpRequestHead End()
    {
        Raw("\r\n"u8);
        return this;
    }

    private void Ascii(string text)
    {
        if (text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"'{text}' cannot stand in the head of an HTTP request: only printable ASCII can.", nameof(text));
        }

        Reserve(text.Length);
        _length += Encoding.ASCII.GetBytes(text, _buffer.AsSpan(_length));
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }
    }
}
