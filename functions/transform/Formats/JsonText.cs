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
    public static void Write(ReadOnlySpan<byte> utf8, RecordBuffer output)
    {
        if (utf8.Length <= RecordBuffer.MostSpanBytes - 2 && utf8.IndexOfAny(Escaped) < 0)
        {
            var room = output.GetSpan(utf8.Length + 2);
            room[0] = (byte)'"';
            utf8.CopyTo(room[1..]);
            room[utf8.Length + 1] = (byte)'"';
            output.Advance(utf8.Length + 2);
            return;
        }

        output.Write("\""u8);
        while (utf8.IndexOfAny(Escaped) is >= 0 and var plain)
        {
            output.Write(utf8[..plain]);
            WriteEscape(utf8[plain], output);
            utf8 = utf8[(plain + 1)..];
        }

        output.Write(utf8);
        output.Write("\""u8);
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

    private static void WriteEscape(byte b, RecordBuffer output)
    {
        const string hex = "0123456789abcdef";
        var room = output.GetSpan(6);
        room[0] = (byte)'\\';
        var letter = b switch { (byte)'\n' => (byte)'n', (byte)'\r' => (byte)'r', (byte)'\t' => (byte)'t', >= 0x20 => b, _ => (byte)'u' };
        room[1] = letter;
        if (letter != 'u')
        {
            output.Advance(2);
            return;
        }

        "00"u8.CopyTo(room[2..]);
        room[4] = (byte)hex[b >> 4];
        room[5] = (byte)hex[b & 15];
        output.Advance(6);
    }
}
