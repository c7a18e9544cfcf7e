using System.CommandLine;
using System.Globalization;
using Glue.Host.BuiltIns;
using Glue.Host.Client;
using Glue.Host.Composition;
using Glue.Host.Data;
using Glue.Host.Settings;

namespace Glue.Host.Up;

/// <summary><c>glue up</c>: the embedded stack in the foreground.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The folder that holds everything.", DefaultValueFactory = static _ => "./data" };
        var s3Port = Port("--s3-port", 9000);
        var apiPort = Port("--api-port", 9100);
        var command = new Command("up", "Run the embedded stack in this terminal.") { data, s3Port, apiPort, DriverOption.Option, EventLogOptions.Kind, EventLogOptions.Kafka, ConfigOption.Option };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new GlueHostOptions
            {
                DataFolder = parsed.GetValue(data)!,
                S3Port = parsed.GetValue(s3Port),
                ApiPort = parsed.GetValue(apiPort),
                GuestFolder = InstalledParts.Guest,
                Driver = parsed.GetValue(DriverOption.Option)!,
                Settings = HostSettings.Load(parsed.GetValue(ConfigOption.Option), EventLogOptions.SettingsOf(parsed)),
                AccessKey = Environment.GetEnvironmentVariable("GLUE_ACCESS_KEY"),
                SecretKey = Environment.GetEnvironmentVariable("GLUE_SECRET_KEY"),
            };
            await RunAsync(options, cancellationToken);
            return Environment.ExitCode; // a loop that died sets it
        });
        return command;
    }

    private static async Task RunAsync(GlueHostOptions options, CancellationToken cancellationToken)
    {
        await using var host = await GlueHost.StartAsync(options, cancellationToken);
        using (var lambda = new LambdaApiClient(host.Api, host.Root))
        {
            await BuiltInFunctions.DeployAsync(lambda, cancellationToken);
        }

        host.SayReady();
        var credentials = Path.GetFullPath(DataFolder.CredentialsOf(options.DataFolder));
        if (host.HasNewCredentials)
        {
            Console.WriteLine($"new credentials (shown once, kept in {credentials}): access key {host.Root.AccessKeyId}, secret key {host.Root.SecretAccessKey}");
        }

        Console.WriteLine($"ready  s3 {Show(host.S3)}  lambda {Show(host.Api)}  driver {host.DriverSupport.Driver}  "
            + $"use: AWS_SHARED_CREDENTIALS_FILE={credentials} AWS_DEFAULT_REGION=us-east-1 aws --endpoint-url {Show(host.S3)} s3 ls");
        await host.WaitForShutdownAsync(cancellationToken);
    }

    private static Option<int> Port(string name, int standard)
    {
        var option = new Option<int>(name) { Description = "0: any free port.", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                result.AddError($"{name} {text}: a port is a number from 0 to {ushort.MaxValue}.");
            }
        });
        return option;
    }

    private static string Show(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Authority);
}
