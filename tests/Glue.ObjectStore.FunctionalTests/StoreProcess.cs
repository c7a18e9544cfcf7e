using System.Diagnostics;
using Amazon.S3;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>The store in a process of its own, that a test may kill.</summary>
internal sealed class StoreProcess : IAsyncDisposable
{
    private static readonly string Host = Path.Combine(AppContext.BaseDirectory, "Glue.ObjectStore.TestHost.dll");

    private readonly Process _process;

    private StoreProcess(Process process, string endpoint) => (_process, Endpoint) = (process, endpoint);

    public string Endpoint { get; }

    /// <param name="folder">The data.</param>
    /// <param name="wrapper">A command to run it under; empty for none.</param>
    public static async Task<StoreProcess> StartAsync(string folder, params string[] wrapper)
    {
        string[] command = [.. wrapper, Environment.ProcessPath is { } path && path.EndsWith("dotnet", StringComparison.Ordinal) ? path : "dotnet", Host, folder];
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var endpoint = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60))
            ?? throw new InvalidOperationException("the store did not start");
        return new StoreProcess(process, endpoint);
    }

    public AmazonS3Client Sdk() => new(TestKeys.Owner.AccessKeyId, TestKeys.Owner.SecretAccessKey, new AmazonS3Config
    {
        ServiceURL = Endpoint,
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        MaxErrorRetry = 0,
    });

    /// <summary>SIGKILL: nothing gets a last word.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        _process.Dispose();
    }
}
