using Glue.Workers.Images;

namespace Glue.MicroVm.FunctionalTests.Images;

public sealed class ImageBuilderTests
{
    [Fact]
    public async Task An_image_built_once_is_found_again_and_says_what_it_holds()
    {
        var builder = TestImages.Builder;
        var seen = new List<ImageProgress>();
        var image = await builder.EnsureAsync(new Collect(seen));

        Assert.Equal(image.Digest, builder.Find()?.Digest);
        Assert.Matches(@"^\d+\.\d+", image.KernelRelease);
        Assert.True(new FileInfo(image.Kernel).Length > 10_000_000);
        Assert.True(new FileInfo(image.Root).Length > 50_000_000);
        Assert.Equal(seen.OrderBy(p => p.Done), seen);
    }

    private sealed class Collect(List<ImageProgress> seen) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => seen.Add(value);
    }
}
