using System.Globalization;

namespace Glue.Functions.Thumbnail;

/// <summary>A box in pixels.</summary>
/// <param name="Width">1 to 10,000.</param>
/// <param name="Height">1 to 10,000.</param>
/// <param name="Text">As it was written; the folder of this size's thumbnails.</param>
internal readonly record struct ThumbnailSize(int Width, int Height, string Text)
{
    public const int MostSide = 10_000;

    /// <summary>Reads <c>256</c> or <c>320x240</c>.</summary>
    public static bool TryParse(string text, out ThumbnailSize size)
    {
        var sides = text.Split('x', 'X');
        if (sides.Length <= 2 && TrySide(sides[0], out var width) && TrySide(sides[^1], out var height))
        {
            size = new(width, height, text.ToLowerInvariant());
            return true;
        }

        size = new(1, 1, text);
        return false;
    }

    private static bool TrySide(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= 1 and <= MostSide;
}
