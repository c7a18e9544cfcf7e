using System.Globalization;

namespace Glue.Functions.Thumbnail;

/// <summary>What shows where a picture does not: sRGB, 0 to 255 each.</summary>
internal readonly record struct Background(byte Red, byte Green, byte Blue, bool IsTransparent = false)
{
    public static readonly Background White = new(255, 255, 255);

    /// <summary>As libvips wants it.</summary>
    public string Numbers => $"{Red} {Green} {Blue}";

    /// <summary>Reads <c>#RRGGBB</c>, <c>RRGGBB</c>, <c>white</c>, <c>black</c> or <c>transparent</c>.</summary>
    public static bool TryParse(string text, out Background background)
    {
        background = White;
        switch (text.ToLowerInvariant())
        {
            case "white":
                return true;
            case "black":
                background = new(0, 0, 0);
                return true;
            case "transparent":
                background = new(255, 255, 255, IsTransparent: true);
                return true;
        }

        var digits = text.StartsWith('#') ? text.AsSpan(1) : text;
        if (digits.Length != 6 || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb))
        {
            return false;
        }

        background = new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
        return true;
    }
}
