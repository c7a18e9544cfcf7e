using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// Base64 in a JSON body, where it stands there: a deployment of 50 MB is decoded in the place that it was received in and never copied
/// (<see cref="ApiCall.Decode"/>).
/// </summary>
/// <param name="Start">Byte of the body at which the text within its quotes begins.</param>
/// <param name="Length">Bytes.</param>
[JsonConverter(typeof(Converter))]
internal sealed record Base64InBody(int Start, int Length)
{
    private const string NoBase64 = "$.ZipFile is not base64 text.";

    /// <summary>Decodes within the text's own room.</summary>
    /// <returns>The part of it that now holds the bytes.</returns>
    /// <exception cref="JsonException">It is not base64.</exception>
    public static Memory<byte> Decode(Memory<byte> text)
    {
        var length = Unescape(text.Span);
        return Base64.DecodeFromUtf8InPlace(text.Span[..length], out var decoded) == System.Buffers.OperationStatus.Done ? text[..decoded] : throw new JsonException(NoBase64);
    }

    /// <summary>JSON may escape any character, and some clients do (<c>\/</c>, <c>\u002b</c>). The reader has seen that escapes are whole.</summary>
    private static int Unescape(Span<byte> text)
    {
        var first = text.IndexOf((byte)'\\');
        if (first < 0)
        {
            return text.Length;
        }

        var to = first;
        for (var from = first; from < text.Length; from++)
        {
            if (text[from] != '\\')
            {
                text[to++] = text[from];
                continue;
            }

            from++;
            if (text[from] == 'u')
            {
                var code = Convert.ToInt32(System.Text.Encoding.ASCII.GetString(text.Slice(from + 1, 4)), 16);
                text[to++] = code < 128 ? (byte)code : (byte)'?'; // neither is base64
                from += 4;
            }
            else
            {
                text[to++] = text[from] is (byte)'/' ? (byte)'/' : text[from] is (byte)'n' or (byte)'r' or (byte)'t' ? (byte)' ' : (byte)'?'; // base64 may be broken into lines
            }
        }

        return to;
    }

    internal sealed class Converter : JsonConverter<Base64InBody>
    {
        public override Base64InBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            // The reader has the whole body in one piece (ApiCall.Json), so that its positions are the body's.
            return reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && (reader.ValueIsEscaped || Base64.IsValid(reader.ValueSpan))
                ? new Base64InBody((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length)
                : throw new JsonException(NoBase64);
        }

        public override void Write(Utf8JsonWriter writer, Base64InBody value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
