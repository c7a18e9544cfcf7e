using System.Buffers;
using System.Text.Json;

namespace Glue.Functions.Runtime;

/// <summary>Lambda's error document: <c>errorType</c>, <c>errorMessage</c>, <c>stackTrace</c>, and <c>cause</c> for an inner exception.</summary>
internal static class ErrorDocument
{
    private const int MostCauses = 8;

    /// <summary>The exception's type without its namespace, as Lambda's .NET runtimes report it.</summary>
    public static string TypeName(Exception exception) => exception.GetType().Name;

    public static ReadOnlySpan<byte> Write(Exception exception)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, exception, MostCauses);
        }

        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter json, Exception exception, int causesLeft)
    {
        json.WriteStartObject();
        json.WriteString("errorType"u8, TypeName(exception));
        json.WriteString("errorMessage"u8, exception.Message);
        json.WriteStartArray("stackTrace"u8);
        foreach (var line in (exception.StackTrace ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        if (exception.InnerException is { } cause && causesLeft > 0)
        {
            json.WritePropertyName("cause"u8);
            Write(json, cause, causesLeft - 1);
        }

        json.WriteEndObject();
    }
}
