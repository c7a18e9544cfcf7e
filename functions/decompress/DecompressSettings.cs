using System.Text;
using Glue.Functions.Decompress.Members;
using Glue.Functions.Objects;

namespace Glue.Functions.Decompress;

/// <summary>The function's environment.</summary>
internal sealed record DecompressSettings
{
    public OutputPlace Output { get; init; } = new(null, "unpacked/");

    /// <summary><c>INCLUDE</c> and <c>EXCLUDE</c>.</summary>
    public GlobSet Members { get; init; } = new(null, null);

    /// <summary><c>MAX_MEMBERS</c> that are stored or noted; default 10,000, at most 100,000 (each is remembered until the end).</summary>
    public long MostMembers { get; init; } = 10_000;

    /// <summary><c>MAX_BYTES</c> of all members together that are stored; default 100 GiB.</summary>
    public long MostBytes { get; init; } = 100L << 30;

    /// <summary><c>MAX_RATIO</c> of unpacked to packed bytes, stored or not, counted once 32 MiB are unpacked; default 250.</summary>
    public long MostRatio { get; init; } = 250;

    /// <summary><c>NAME_ENCODING</c> of names that are not UTF-8; default (null): by the format.</summary>
    public Encoding? NameEncoding { get; init; }

    /// <exception cref="SettingsException">One or more are wrong; the message names all of them.</exception>
    public static DecompressSettings Read(Func<string, string?> variable)
    {
        var settings = new Settings(variable);
        var read = new DecompressSettings
        {
            Output = OutputPlace.Read(settings, "unpacked/", "members"),
            Members = new GlobSet(settings.Text("INCLUDE"), settings.Text("EXCLUDE")),
            MostMembers = settings.Number("MAX_MEMBERS", 10_000, 100_000),
            MostBytes = settings.Bytes("MAX_BYTES", 100L << 30),
            MostRatio = settings.Number("MAX_RATIO", 250, long.MaxValue / (1L << 44)),
            NameEncoding = EncodingOf(settings),
        };
        settings.ThrowIfWrong();
        return read;
    }

    private static Encoding? EncodingOf(Settings settings)
    {
        _ = new NameDecoder(); // registers the code pages
        if (settings.Text("NAME_ENCODING") is not { } name)
        {
            return null;
        }

        var encoding = NameDecoder.Find(name);
        if (encoding is null)
        {
            settings.Fault($"NAME_ENCODING is '{name}': no such encoding is known; write shift_jis, gb18030, windows-1251, 866 or the like");
        }

        return encoding;
    }
}
