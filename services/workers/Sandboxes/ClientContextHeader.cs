using System.Text;
using System.Text.Json;

namespace Glue.Workers.Sandboxes;

/// <summary>The caller's client context as a runtime gets it: the JSON itself, in ASCII on one line, for it is a header of the Runtime API.</summary>
internal static class ClientContextHeader
{
    /// <param name="received"><c>X-Amz-Client-Context</c>: base64 of JSON. Null, or anything else: the function sees none.</param>
    public static string? Of(string? received)
    {
        var bytes = new byte[received?.Length ?? 0];
        if (received is null || !Convert.TryFromBase64String(received, bytes, out var length))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, length));
            using var text = new MemoryStream();
            using (var writer = new Utf8JsonWriter(text))
            {
                document.WriteTo(writer);
            }

            return Encoding.ASCII.GetString(text.ToArray());
        }
        catch (JsonException)
        {
            return null; // what no SDK sends; a runtime would fail on it
        }
    }
}
