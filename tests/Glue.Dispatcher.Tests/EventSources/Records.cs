using System.Text;
using Glue.Dispatcher.EventSources;

namespace Glue.Dispatcher.Tests.EventSources;

internal static class Records
{
    public static SourceRecord Of(long offset, string? value = "{}", string? key = null, long timestamp = 1_700_000_000_000, params IReadOnlyList<(string, byte[]?)> headers) =>
        new("orders", 3, offset, timestamp, "CREATE_TIME", Bytes(key), Bytes(value), headers);

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
