using Glue.Workers.Images;

namespace Glue.Host.Sandboxing;

/// <summary>Where this installation keeps guest images: beside the other built parts, or where GLUE_IMAGES says.</summary>
internal static class ImageFolder
{
    public static ImageOptions Options => new()
    {
        Folder = Environment.GetEnvironmentVariable("GLUE_IMAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(InstalledParts.Artifacts, "images"),
    };
}
