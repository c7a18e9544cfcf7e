using System.Globalization;

namespace Glue.Workers.Images;

/// <summary>Everything an image records as a time is this one, so that the same packages give the same bytes.</summary>
internal static class Reproducible
{
    /// <summary>Seconds since 1970: 2026-01-01T00:00:00Z. Changing it changes every digest.</summary>
    public const long Epoch = 1_767_225_600;

    public static string EpochText { get; } = Epoch.ToString(CultureInfo.InvariantCulture);
}
