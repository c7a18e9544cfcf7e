using System.Text;

namespace Glue.Functions.Decompress.Members;

/// <summary>
/// Bytes of a name to text. UTF-8 is taken as such. What is not UTF-8 was written by an old or a careless program: it is read in
/// <c>NAME_ENCODING</c>, else in code page 437 for zip (its format says so, APPNOTE 6.3.10, appendix D) and in Windows-1252 for the others.
/// </summary>
internal sealed class NameDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Encoding _zip;
    private readonly Encoding _other;

    static NameDecoder() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <param name="encoding">Null: by the format.</param>
    public NameDecoder(Encoding? encoding = null)
    {
        _zip = encoding ?? Encoding.GetEncoding(437);
        _other = encoding ?? Encoding.GetEncoding(1252);
    }

    /// <returns>Null: there is no such encoding.</returns>
    public static Encoding? Find(string name)
    {
        try
        {
            return int.TryParse(name, out var page) ? Encoding.GetEncoding(page) : Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public string DecodeZip(ReadOnlySpan<byte> name) => Decode(name, _zip);

    public string Decode(ReadOnlySpan<byte> name) => Decode(name, _other);

    private static string Decode(ReadOnlySpan<byte> name, Encoding legacy)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return legacy.GetString(name);
        }
    }
}
