using Glue.AttachedStores.Requests;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Polling;

/// <summary>Polls one bucket again and again: an interval after the last listing ended, or when the one that broke off may be tried on.</summary>
internal sealed class BucketLoop : IAsyncDisposable
{
    /// <summary>Buckets that were attached together are not to be listed together for ever.</summary>
    private const double Jitter = 0.1;

    private readonly BucketPoll _poll;
    private readonly TimeSpan _interval;
    private readonly PollOptions _options;
    private readonly PollMetrics _metrics;
    private readonly Action<PollView> _say;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="poll">Of the bucket.</param>
    /// <param name="interval">From a listing's end to the next one's beginning, and up to a tenth more.</param>
    /// <param name="options">How long to wait after failures.</param>
    /// <param name="metrics">Counts failures.</param>
    /// <param name="say">Hears how it is doing.</param>
    /// <param name="time">Paces it.</param>
    /// <param name="random">The tenth.</param>
    /// <param name="logger">Hears of failures, each once.</param>
    public BucketLoop(BucketPoll poll, TimeSpan interval, PollOptions options, PollMetrics metrics, Action<PollView> say, TimeProvider time, Random random, ILogger logger)
    {
        (_poll, _interval, _options, _metrics, _say, _time, _random, _logger) = (poll, interval, options, metrics, say, time, random, logger);
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it was told to end
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var (failures, next, span, failed) = (0, _poll.State.NextAt(_interval), _interval, (string?)null);
        while (true)
        {
            var reached = _poll.State.Pass?.Objects;
            try
            {
                await WaitAsync(next, atMost: span * (1 + Jitter), failed);
                _poll.Progress = () => _say(new PollView(_poll.State, Next: null, failed));
                _poll.Progress();
                await _poll.RunAsync(_stop.Token);
                (failures, failed, span) = (0, null, _interval);
                next = _poll.State.Last!.EndedAt + WithJitter(span);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Of one bucket: it must not end what serves the others.
                if (failed != e.Message)
                {
                    Log.PollFailed(_logger, _poll.State.Store, _poll.State.Bucket, e.Message, e is StoreException or HttpRequestException ? null : e); // once, not at every try
                }

                _metrics.Failed();
                failures = _poll.State.Pass?.Objects == reached ? failures + 1 : 1; // it gets on, if haltingly
                (failed, span) = (e.Message, Backoff.Of(_options, failures));
                next = _time.GetUtcNow() + WithJitter(span);
            }
        }
    }

    /// <summary>The bound counts when the clock was set back since the last listing ended: that may lie years ahead.</summary>
    private async Task WaitAsync(DateTimeOffset until, TimeSpan atMost, string? failed)
    {
        var now = _time.GetUtcNow();
        var wait = until - now < atMost ? until - now : atMost;
        _say(new PollView(_poll.State, now + wait, failed));
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, _stop.Token);
        }
    }

    private TimeSpan WithJitter(TimeSpan span) => span * (1 + (_random.NextDouble() * Jitter));
}
