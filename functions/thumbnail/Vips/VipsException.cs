using System.Runtime.InteropServices;

namespace Glue.Functions.Thumbnail.Vips;

/// <summary>libvips refused; the message is what it said.</summary>
internal sealed class VipsException(string message) : Exception(message)
{
    /// <summary>
    /// An error was noted since the text was last taken or cleared, whether or not an operation failed by it. What littlecms says of a
    /// profile does not count: a profile that is of no use is passed over, the picture is none the worse for it.
    /// </summary>
    public static bool IsNoted => Array.Exists(Lines(), static line => !line.StartsWith("VipsIcc:", StringComparison.Ordinal));

    /// <summary>Takes libvips's error text, which collects one line per layer, and leaves it empty for the next failure.</summary>
    public static VipsException TakeLast()
    {
        var message = string.Join("; ", Lines().Distinct(StringComparer.Ordinal));
        VipsNative.ClearError();
        return new VipsException(message.Length > 0 ? message : "libvips gave no reason");
    }

    private static unsafe string[] Lines() =>
        (Marshal.PtrToStringUTF8((nint)VipsNative.ErrorBuffer()) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
