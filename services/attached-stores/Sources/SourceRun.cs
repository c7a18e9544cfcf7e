using Glue.AttachedStores.Requests;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Sources;

/// <summary>A source at work: begun again whenever it fails, after a pause that doubles while it does not get to work.</summary>
internal sealed class SourceRun : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly string _name;
    private readonly Func<SourceStatus, CancellationToken, Task> _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="name">The store, or <c>STORE/BUCKET</c>, for people.</param>
    /// <param name="source">Brings changes until it is told to end.</param>
    /// <param name="time">Paces it.</param>
    /// <param name="logger">Hears of its failures.</param>
    public SourceRun(string name, Func<SourceStatus, CancellationToken, Task> source, TimeProvider time, ILogger logger)
    {
        (_name, _source, _time, _logger) = (name, source, time, logger);
        _running = Task.Run(KeepRunningAsync);
    }

    public SourceStatus Status { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task KeepRunningAsync()
    {
        var (pause, told) = (FirstPause, "");
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _source(Status, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreException or HttpRequestException)
            {
                Tell(e.Message, exception: null);
            }
            catch (Exception e)
            {
                Tell(e.Message, e); // of one store: it must not end what serves the others
            }

            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }

        void Tell(string reason, Exception? exception)
        {
            if (Status.IsWorking)
            {
                (pause, told) = (FirstPause, "");
            }

            if (told != reason)
            {
                Log.SourceFailed(_logger, _name, reason, exception); // once, not at every try
            }

            told = reason;
            Status.Failing(reason);
        }
    }
}
