using System.Buffers;

namespace Glue.Workers.Sandboxes;

/// <summary>W3C trace context as X-Ray's tracing header, which is what runtimes expect in <c>Lambda-Runtime-Trace-Id</c>.</summary>
internal static class TraceHeader
{
    /// <summary>Of every header made here.</summary>
    public const int Length = 74;

    /// <returns>Null when there is no valid <c>traceparent</c> (<c>00-{32 hex}-{16 hex}-{2 hex}</c>).</returns>
    public static string? FromTraceParent(string? traceParent)
    {
        if (traceParent is not { Length: >= 55 } || traceParent[2] != '-' || traceParent[35] != '-' || traceParent[52] != '-')
        {
            return null;
        }

        var text = traceParent.AsSpan();
        return IsHex(text[3..35]) && IsHex(text[36..52]) && IsHex(text[53..55])
            ? $"Root=1-{text[3..11]}-{text[11..35]};Parent={text[36..52]};Sampled={((text[54] & 1) != 0 ? '1' : '0')}"
            : null;
    }

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexDigits);
}
