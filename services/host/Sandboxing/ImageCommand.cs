using System.CommandLine;
using Glue.Workers.Images;
using Spectre.Console;

namespace Glue.Host.Sandboxing;

/// <summary><c>glue image build</c>: the kernel and root image that microVMs boot.</summary>
internal static class ImageCommand
{
    public static Command Create()
    {
        var runtime = new Argument<string?>("runtime")
        {
            Description = "Any runtime's name; one image serves them all, so it changes nothing.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var ifMissing = new Option<bool>("--if-missing") { Description = "Say nothing when it is there already." };
        var build = new Command("build", "Build it from the distribution's packages; about a minute, once.") { runtime, ifMissing };
        build.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(ifMissing) && new ImageBuilder(ImageFolder.Options).Find() is not null)
            {
                return 0;
            }

            AnsiConsole.WriteLine("building the image that microVMs boot: about a minute, once");
            var image = await BuildAsync(cancellationToken);
            AnsiConsole.MarkupLineInterpolated(
                $"image {image.Digest[..12]}: Linux {image.KernelRelease}, node {image.NodeVersion}, python {image.PythonVersion}, in {image.Folder}");
            return 0;
        });
        return new Command("image", "The image that microVMs boot.") { build };
    }

    private static async Task<GuestImage> BuildAsync(CancellationToken cancellationToken)
    {
        var builder = new ImageBuilder(ImageFolder.Options);
        if (builder.Find() is { } found)
        {
            return found;
        }

        try
        {
            return await AnsiConsole.Progress().StartAsync(async progress =>
            {
                var task = progress.AddTask("guest image", maxValue: 1);
                var report = new SynchronousProgress(step =>
                {
                    task.Description = Markup.Escape(step.Step);
                    task.Value = step.Done;
                });
                return await builder.EnsureAsync(report, cancellationToken);
            });
        }
        catch (ImageBuildException e)
        {
            throw new StartupException($"The guest image could not be built: {e.Message}", e);
        }
    }

    /// <summary>In order, on the builder's thread: <see cref="Progress{T}"/> would post reports to the pool, where they overtake each other.</summary>
    private sealed class SynchronousProgress(Action<ImageProgress> report) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => report(value);
    }
}
