using Microsoft.Extensions.Hosting;

namespace Glue.Foundation.Hosting;

/// <summary>
/// Base of every long-running loop. It runs only while the host's listeners do: it begins once all of the host has started and
/// ends before anything stops, because what a loop starts (a function that reads its object) needs the listeners.
/// <para>
/// A loop that dies ends the process. On .NET 10 a throwing <see cref="BackgroundService"/> stops the host with exit code 0, which
/// a supervisor reads as "done"; here it is 1.
/// </para>
/// </summary>
public abstract class ServiceLoop : BackgroundService, IHostedLifecycleService
{
    private readonly TaskCompletionSource _hostStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken)
    {
        _hostStarted.TrySetResult();
        return Task.CompletedTask;
    }

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected abstract Task RunAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _hostStarted.Task.WaitAsync(stoppingToken);
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
