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

    /// <summary>Without those of what called a class library's handler (functions/dotnet): the function's own are above them.</summary>
    private static ReadOnlySpan<string> Frames(Exception exception)
    {
        ReadOnlySpan<string> frames = (exception.StackTrace ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (var i = 0; i < frames.Length; i++)
        {
            if (frames[i].StartsWith("at Glue.Functions.Dotnet.", StringComparison.Ordinal))
            {
                frames = frames[..i];
            }
        }

        while (frames is [.., var last] && (last.StartsWith("at System.Reflection.", StringComparison.Ordinal) || last.StartsWith("at InvokeStub_", StringComparison.Ordinal)))
        {
            frames = frames[..^1];
        }

        return frames;
    }

    private static void Write(Utf8JsonWriter json, Exception exception, int causesLeft)
    {
        json.WriteStartObject();
        json.WriteString("errorType"u8, TypeName(exception));
        json.WriteString("errorMessage"u8, exception.Message);
        json.WriteStartArray("stackTrace"u8);
        foreach (var line in Frames(exception))
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
