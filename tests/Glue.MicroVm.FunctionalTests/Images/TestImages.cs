namespace Glue.MicroVm.FunctionalTests.Images;

/// <summary>The images tests share: built by the first run on a machine, about a minute.</summary>
internal static class TestImages
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("GLUE_IMAGES") ?? Path.Combine(Repository.Root, "artifacts", "images");
}
