using Glue.Workers.Images;

namespace Glue.MicroVm.FunctionalTests.Images;

/// <summary>The images tests share: built by the first run on a machine, about a minute.</summary>
internal static class TestImages
{
    public static ImageBuilder Builder { get; } = new(new ImageOptions
    {
        Folder = Environment.GetEnvironmentVariable("GLUE_IMAGES") ?? Path.Combine(Repository.Root, "artifacts", "images"),
    });

    // After Builder: initialised in this order.
    private static readonly Lazy<GuestImage> Built = new(static () => Builder!.EnsureAsync().GetAwaiter().GetResult());

    public static GuestImage Image => Built.Value;
}
