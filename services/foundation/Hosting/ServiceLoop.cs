using Microsoft.Extensions.Hosting;

namespace Glue.Foundation.Hosting;

/// <summary>
/// Base of every long-running loop. A loop that dies ends the process: on .NET 10 a throwing <see cref="BackgroundService"/> stops
/// the host with exit code 0, which a supervisor reads as "done"; here it is 1.
/// </summary>
public abstract class ServiceLoop : BackgroundService
{
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The expected way out.
        }
        catch
        {
            Environment.ExitCode = 1;
            throw;
        }
    }
}
