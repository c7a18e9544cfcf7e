using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Glue.Functions.Transform.Formats;

/// <summary>How JSON is written: UTF-8 as it is, escaped only what must be (RFC 8259, section 7).</summary>
internal static class JsonText
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static b => (byte)b), (byte)'"', (byte)'\\']);
    private static readonly SearchValues<byte> White = SearchValues.Create(" \t\r\n"u8);

    /// <summary>A string with its quotes.</summary>
    public static void Write(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> output)
    {
        if (utf8.IndexOfAny(Escaped) >= 0)
        {
            WriteEscaped(utf8, output);
            return;
        }

        var room = output.GetSpan(utf8.Length + 2);
        room[0] = (byte)'"';
        utf8.CopyTo(room[1..]);
        room[utf8.Length + 1] = (byte)'"';
        output.Advance(utf8.Length + 2);
    }

    /// <summary>A JSON value without the white space between its parts: on one line, and the same bytes for the same value.</summary>
    public static ReadOnlyMemory<byte> Compact(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOfAny(White) < 0)
        {
            return json;
        }

        var from = json.Span;
        var (to, length) = (new byte[from.Length], 0);
        var inString = false;
        for (var at = 0; at < from.Length; at++)
        {
            var b = from[at];
            if (!inString && White.Contains(b))
            {
                continue;
            }

            to[length++] = b;
            if (b == '"')
            {
                inString = !inString;
            }
            else if (b == '\\' && inString)
            {
                to[length++] = from[++at];
            }
        }

        return to.AsMemory(0, length);
    }

    private static void WriteEscaped(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> output)
    {
        const string hex = "0123456789abcdef";
        var room = output.GetSpan((6 * utf8.Length) + 2);
        var at = 0;
        room[at++] = (byte)'"';
        foreach (var b in utf8)
        {
            if (b >= 0x20 && b is not ((byte)'"' or (byte)'\\'))
            {
                room[at++] = b;
                continue;
            }

            room[at++] = (byte)'\\';
            switch (b)
            {
                case (byte)'\n':
                    room[at++] = (byte)'n';
                    break;
                case (byte)'\r':
                    room[at++] = (byte)'r';
                    break;
                case (byte)'\t':
                    room[at++] = (byte)'t';
                    break;
                case >= 0x20:
                    room[at++] = b;
                    break;
                default:
                    "u00"u8.CopyTo(room[at..]);
                    room[at + 3] = (byte)hex[b >> 4];
                    room[at + 4] = (byte)hex[b & 15];
                    at += 5;
                    break;
            }
        }

        room[at++] = (byte)'"';
        output.Advance(at);
    }
}
