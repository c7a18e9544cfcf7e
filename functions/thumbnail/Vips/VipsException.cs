using System.Runtime.InteropServices;

namespace Glue.Functions.Thumbnail.Vips;

/// <summary>libvips refused; the message is what it said.</summary>
internal sealed class VipsException(string message) : Exception(message)
{
    /// <summary>An error was noted since the text was last taken or cleared, whether or not an operation failed by it.</summary>
    public static unsafe bool IsNoted => *VipsNative.ErrorBuffer() != 0;

    /// <summary>Takes libvips's error text, which collects one line per layer, and leaves it empty for the next failure.</summary>
    public static unsafe VipsException TakeLast()
    {
        var lines = Marshal.PtrToStringUTF8((nint)VipsNative.ErrorBuffer()) ?? "";
        VipsNative.ClearError();
        var message = string.Join("; ", lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal));
        return new VipsException(message.Length > 0 ? message : "libvips gave no reason");
    }
}
