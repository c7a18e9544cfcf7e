using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Glue.Contracts.Functions;
using Glue.Host.Composition;
using Glue.Host.Settings;
using Glue.Host.Up;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;
using Spectre.Console;

namespace Glue.Host.Doctor;

/// <summary><c>glue doctor</c>: what is installed, which driver will be used and why, and whether a stack starts.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "What is installed, which driver will be used and why.") { DriverOption.Option, EventLogOptions.Kafka, ConfigOption.Option };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var findings = new List<SandboxFinding>
            {
                new("system", true, $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}"),
                Library("libvips.so.42", "the thumbnail function", "libvips42"),
                Library("libarchive.so.13", "the function decompress", "libarchive13"),
                Library("libisal.so.2", "the function decompress, of gzip and zip", "libisal2"),
                Program("ffmpeg", "/usr/bin/ffmpeg", "the function transform, of recordings", "ffmpeg"),
                Library("libsqlite3.so.0", "metadata, event log and queue", "libsqlite3-0"),
                Library("libxxhash.so.0", "ETags of functions' uploads in parts", "libxxhash0"),
                KafkaFindings.Library(),
            };
            findings.AddRange(KafkaFindings.Broker(HostSettings.Load(parsed.GetValue(ConfigOption.Option), EventLogOptions.SettingsOf(parsed))));
            var isWell = await StartStackAsync(findings, parsed.GetValue(DriverOption.Option)!, cancellationToken);
            Show(findings);
            return isWell && findings.All(static finding => finding.IsGood || finding.Name.StartsWith("driver", StringComparison.Ordinal)) ? 0 : 1;
        });
        return command;
    }

    private static async Task<bool> StartStackAsync(List<SandboxFinding> findings, string driver, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("glue-doctor-");
        try
        {
            var started = Stopwatch.GetTimestamp();
            await using var host = await GlueHost.StartAsync(
                new GlueHostOptions
                {
                    DataFolder = folder.FullName,
                    S3Port = 0,
                    ApiPort = 0,
                    GuestFolder = InstalledParts.Guest,
                    Driver = driver,

                    // Never the real Kafka: a stack that joins the group takes events with it when it goes.
                    Settings = HostSettings.Load(file: null, KeyValuePair.Create<string, string?>("StorageEvents:EventLog", "Sqlite")),
                    LogLevel = LogLevel.Error,
                },
                cancellationToken);
            var support = host.DriverSupport;
            findings.Add(new("driver", support.IsSupported, support.Driver));
            findings.Add(host.DriverChoice with { Name = "driver: choice" });
            findings.AddRange(support.Findings.Select(static finding => finding with { Name = "driver: " + finding.Name }));
            findings.AddRange(RuntimeNames.All.Select(runtime => Runtime(runtime, host.Runtimes)));
            findings.Add(new("stack", true, $"starts in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s"));
            return support.IsSupported;
        }
        catch (StartupException e)
        {
            findings.Add(new("stack", false, e.Message));
            return false;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Which interpreter a runtime's functions get; one that is not here says what to do.</summary>
    private static SandboxFinding Runtime(string name, RuntimeCatalog runtimes) => runtimes.WhyNot(name) is { } why
        ? new("driver: " + name, false, why)
        : new("driver: " + name, true, runtimes.Find(name) is { } interpreter ? $"{interpreter}{(interpreter.Source is { } source ? $", from {source}" : "")}" : "the function's own bootstrap");

    private static SandboxFinding Program(string name, string path, string what, string package) => File.Exists(path)
        ? new(name, true, $"{path}, for {what}")
        : new(name, false, $"{path} is missing: {what} cannot run. Install the package {package}.");

    private static SandboxFinding Library(string name, string what, string package)
    {
        if (!NativeLibrary.TryLoad(name, out var handle))
        {
            return new(name, false, $"is missing, needed by {what}. Install the package {package}.");
        }

        NativeLibrary.Free(handle);
        return new(name, true, $"for {what}");
    }

    private static void Show(List<SandboxFinding> findings)
    {
        foreach (var finding in findings)
        {
            AnsiConsole.MarkupLineInterpolated($"{(finding.IsGood ? "  ok" : "   !")}  {finding.Name,-24} {finding.Text}");
        }
    }
}
