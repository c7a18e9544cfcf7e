using System.CommandLine;
using Glue.Host.BuiltIns;
using Glue.Host.Client;
using Glue.Host.Composition;
using Glue.Host.Settings;
using Glue.Host.Up;
using Spectre.Console;

namespace Glue.Host.Demo;

/// <summary><c>glue demo</c>: the whole path on real pictures, in a throw-away stack.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var files = new Argument<FileInfo[]>("files") { Description = "Pictures; none: one is made.", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<DirectoryInfo?>("--out") { Description = "Where the thumbnails go; default: beside each picture." };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait for all thumbnails.", DefaultValueFactory = static _ => 120 };
        var command = new Command("demo", "Pictures in, thumbnails out: the whole path, then everything is gone again.")
        {
            files, output, timeout, DriverOption.Option,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pictures = Pictures(parsed.GetValue(files) ?? [], parsed.GetValue(output));
            return await RunAsync(pictures, parsed.GetValue(DriverOption.Option)!, TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellationToken);
        });
        return command;
    }

    /// <summary>Checks every file before anything starts.</summary>
    /// <exception cref="StartupException">Some cannot be read, or two thumbnails would have the same name.</exception>
    private static List<DemoItem> Pictures(FileInfo[] files, DirectoryInfo? output)
    {
        var faults = files.Where(static file => !file.Exists)
            .Select(static file => Directory.Exists(file.FullName) ? $"{file.FullName} is a folder: name the pictures in it." : $"{file.FullName} does not exist.").ToList();
        if (output is not null && File.Exists(output.FullName))
        {
            faults.Add($"--out {output.FullName} is a file: name a folder.");
        }

        var pictures = files.Length > 0
            ? [.. files.Select(file => new DemoItem(file.Name, file.OpenRead, ThumbnailPath(file, output)))]
            : new List<DemoItem> { MadeUp(output) };
        faults.AddRange(pictures.GroupBy(static picture => picture.ThumbnailPath).Where(static same => same.Count() > 1)
            .Select(static same => $"{same.Key} would be written {same.Count()} times: demo these files one after the other."));
        if (faults.Count > 0)
        {
            throw new StartupException(string.Join(Environment.NewLine, faults));
        }

        output?.Create();
        return pictures;
    }

    private static DemoItem MadeUp(DirectoryInfo? output)
    {
        var file = new FileInfo(Path.Combine(output?.FullName ?? Environment.CurrentDirectory, "sunrise.png"));
        return new DemoItem(file.Name, static () => new MemoryStream(DemoPicture.Make()), ThumbnailPath(file, output));
    }

    private static string ThumbnailPath(FileInfo file, DirectoryInfo? output) =>
        Path.Combine(output?.FullName ?? file.DirectoryName ?? "", Path.GetFileNameWithoutExtension(file.Name) + ".thumbnail.jpg");

    private static async Task<int> RunAsync(List<DemoItem> pictures, string driver, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("glue-demo-");
        try
        {
            await using var host = await GlueHost.StartAsync(
                new GlueHostOptions
                {
                    DataFolder = folder.FullName,
                    S3Port = 0,
                    ApiPort = 0,
                    GuestFolder = InstalledParts.Guest,
                    Driver = driver,
                    Settings = HostSettings.Load(file: null),
                    LogLevel = LogLevel.Warning,
                },
                cancellationToken);
            using var stack = new StackClient(host.S3, host.Api, host.Root);
            await BuiltInFunctions.DeployAsync(stack.Lambda, cancellationToken);
            AnsiConsole.MarkupLineInterpolated($"stack is up: driver [bold]{host.DriverSupport.Driver}[/], S3 {host.S3}, Lambda API {host.Api}");

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.Stopping);
            limit.CancelAfter(timeout);
            var arrived = false;
            try
            {
                arrived = await new DemoRun(stack).RunAsync(pictures, limit.Token);
            }
            catch (Exception) when (host.Stopping.IsCancellationRequested)
            {
                // Ctrl-C: whatever broke, broke because of it.
            }
            catch (OperationCanceledException e) when (limit.IsCancellationRequested)
            {
                throw new StartupException($"The pictures were not stored within {timeout.TotalSeconds:0} s; --timeout gives more.", e);
            }

            if (host.Stopping.IsCancellationRequested)
            {
                return 130;
            }

            DemoReport.Show(pictures);
            return arrived ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
