namespace Glue.Workers.Images;

/// <summary>Turns what mmdebstrap prints into progress. The shares are how long each step took when measured; they need not be right.</summary>
internal sealed class BuildSteps(IProgress<ImageProgress>? progress)
{
    private static readonly (string Says, string Step, double Done)[] Known =
    [
        ("running apt-get update", "reading package lists", 0.02),
        ("downloading packages", "downloading packages", 0.08),
        ("extracting archives", "unpacking the base system", 0.25),
        ("installing essential", "installing the base system", 0.35),
        ("installing remaining", "installing node, python, libvips", 0.45),
        ("running --customize-hook", "downloading the kernel package", 0.75),
        ("creating tarball", "collecting the root file system", 0.80),
        ("packing the root image", "packing the root image", 0.88),
        ("unpacking the kernel", "taking the kernel out of its package", 0.93),
        ("done", "done", 1),
    ];

    private double _done;

    public void Line(string text)
    {
        foreach (var (says, step, done) in Known)
        {
            if (done > _done && text.Contains(says, StringComparison.Ordinal) && (done < 1 || text == says))
            {
                _done = done;
                progress?.Report(new ImageProgress(step, done));
                return;
            }
        }
    }
}
