using System.Text;
using Glue.Functions.Transform.Compressing;

namespace Glue.Functions.Transform.Formats;

/// <summary>Any charset as UTF-8, without a byte order mark.</summary>
internal static class Utf8Input
{
    /// <summary>
    /// Stands for bytes that are not of the charset, so that their record can be told: a character that no text has (Unicode 16, 23.7).
    /// </summary>
    public const char Misfit = '\uFFFF';

    /// <param name="input">Read from where it stands.</param>
    /// <param name="charset">Null: UTF-8, or UTF-16 when a byte order mark says so.</param>
    /// <param name="transcoded">The charset's name where <see cref="Misfit"/> may occur; null: these are the input's own bytes.</param>
    public static Stream Open(Stream input, Encoding? charset, out string? transcoded)
    {
        var head = new byte[3];
        var length = input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var (mark, found) = head.AsSpan(0, length) switch
        {
            [0xEF, 0xBB, 0xBF] => (3, Encoding.UTF8),
            [0xFF, 0xFE, ..] => (2, Encoding.Unicode),
            [0xFE, 0xFF, ..] => (2, Encoding.BigEndianUnicode),
            _ => (0, null),
        };
        var encoding = found ?? charset ?? Encoding.UTF8; // a mark knows better than a setting
        var whole = new PrefixedStream(head.AsSpan(mark, length - mark).ToArray(), input);
        transcoded = encoding.CodePage == Encoding.UTF8.CodePage ? null : encoding.WebName;
        return transcoded is null
            ? whole // what is no UTF-8 is found record by record
            : Encoding.CreateTranscodingStream(
                whole,
                Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(Misfit.ToString())),
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>Some bytes that were read already, then the rest.</summary>
    private sealed class PrefixedStream(byte[] prefix, Stream rest) : ForwardStream
    {
        private int _given;

        public override bool CanRead => true;

        public override int Read(Span<byte> buffer)
        {
            if (_given == prefix.Length)
            {
                return rest.Read(buffer);
            }

            var now = Math.Min(buffer.Length, prefix.Length - _given);
            prefix.AsSpan(_given, now).CopyTo(buffer);
            _given += now;
            return now;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                rest.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
