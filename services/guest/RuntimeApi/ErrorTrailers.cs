using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Glue.Guest.Native;

namespace Glue.Guest.RuntimeApi;

/// <summary>How a runtime says that an answer it has begun to stream is not whole: two trailers after the last chunk.</summary>
/// <remarks>Names and coding as AWS's runtimes send them (custom runtimes, "response streaming", Developer Guide, read 2026-11).</remarks>
internal sealed class ErrorTrailers
{
    // With the error type they must fit into a Result frame; what a runtime says beyond this is cut.
    private const int MaxBytes = 48 * 1024;

    private readonly NativeBuffer _text = new(1024);

    public void Append(byte next)
    {
        if (_text.Count < MaxBytes)
        {
            _text.Append([next]);
        }
    }

    public void Clear() => _text.Clear();

    /// <summary>Reads them; the spans are valid until the next <see cref="Clear"/>. False: the answer is whole.</summary>
    /// <param name="errorType">Of <c>Lambda-Runtime-Function-Error-Type</c>.</param>
    /// <param name="document">Of <c>Lambda-Runtime-Function-Error-Body</c>, decoded; empty when there is none, or no base64.</param>
    public bool TryRead(out ReadOnlySpan<byte> errorType, out ReadOnlySpan<byte> document)
    {
        errorType = document = default;
        var rest = _text.Bytes;
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
            {
                continue;
            }

            var value = line[(colon + 1)..].Trim(" \t\r"u8);
            if (Ascii.EqualsIgnoreCase(line[..colon], "lambda-runtime-function-error-type"u8))
            {
                errorType = value[..Math.Min(value.Length, ApiRequest.MaxErrorType)];
            }
            else if (Ascii.EqualsIgnoreCase(line[..colon], "lambda-runtime-function-error-body"u8)
                && Base64.DecodeFromUtf8InPlace(value, out var length) == OperationStatus.Done)
            {
                document = value[..length];
            }
        }

        return errorType.Length > 0;
    }
}
