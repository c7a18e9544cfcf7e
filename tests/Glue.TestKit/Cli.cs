using System.Diagnostics;

namespace Glue.TestKit;

/// <summary>Runs a real command-line client and keeps what it said.</summary>
public static class Cli
{
    public sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>The output, or a failure that shows what the command printed.</summary>
        public string Expect(int exitCode = 0) => ExitCode == exitCode
            ? Output
            : throw new InvalidOperationException($"exit code {ExitCode}, expected {exitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}");
    }

    public static async Task<Result> RunAsync(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null,
        TimeSpan? limit = null)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        } };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            process.StartInfo.Environment[name] = value;
        }

        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(limit ?? TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end in time\n{await output}\n{await error}", e);
        }

        return new Result(process.ExitCode, await output, await error);
    }

    /// <summary>Debian's aws (package awscli) with one key pair and endpoint, nothing read from the machine's own configuration.</summary>
    public static Task<Result> AwsAsync(string endpoint, string accessKey, string secretKey, params IEnumerable<string> arguments) =>
        RunAsync("/usr/bin/aws", ["--endpoint-url", endpoint, .. arguments], AwsEnvironment(accessKey, secretKey));

    /// <summary>A Python script under Debian's python3 (package python3-boto3).</summary>
    public static Task<Result> PythonAsync(string script, IReadOnlyDictionary<string, string> environment) =>
        RunAsync("/usr/bin/python3", ["-c", script], environment);

    public static Dictionary<string, string> AwsEnvironment(string accessKey, string secretKey) => new()
    {
        ["AWS_ACCESS_KEY_ID"] = accessKey,
        ["AWS_SECRET_ACCESS_KEY"] = secretKey,
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_PAGER"] = "",
    };
}
