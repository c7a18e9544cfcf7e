using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Glue.Host.Client;

/// <summary>JSON for a terminal: indented, and every character as it is. The default would show the + of a secret as <c>\u002B</c>, and it would be copied so.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(JsonNode? json) => Console.WriteLine(json?.ToJsonString(Readable) ?? "null");
}
