using System.Collections.Concurrent;
using System.Threading.Channels;
using Glue.FunctionLogs.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Glue.FunctionLogs.Appending;

/// <summary>
/// The bounded queue between sandboxes and the disk, and the one loop that empties it: all lines of all streams that came within a
/// <see cref="FunctionLogsOptions.FlushInterval"/> share a transaction. Nothing runs while nobody logs.
/// </summary>
/// <remarks>Not a hosted loop: sandboxes write until the very end, after those have stopped. Disposing writes what is left.</remarks>
internal sealed class LogWriter : ILogQueue, IAsyncDisposable
{
    private readonly LogStore _store;
    private readonly FunctionLogsMetrics _metrics;
    private readonly FunctionLogsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LogWriter> _logger;
    private readonly ConcurrentQueue<LogBuffer> _waiting = new();

    private readonly Channel<bool> _wake = OneToken(); // something waits
    private readonly Channel<bool> _hurry = OneToken(); // it must not wait any longer
    private readonly SemaphoreSlim _writing = new(1);
    private readonly long _maxBytes;
    private readonly long _maxBytesOfStream;
    private readonly Task _running;
    private long _bytes;

    public LogWriter(LogStore store, FunctionLogsMetrics metrics, FunctionLogsOptions options, TimeProvider time, ILogger<LogWriter> logger)
    {
        (_store, _metrics, _options, _time, _logger) = (store, metrics, options, time, logger);
        _maxBytes = options.QueueMiB * 1024L * 1024;
        _maxBytesOfStream = _maxBytes / 4;
        _running = Task.Run(RunAsync);
    }

    public bool TryReserve(int bytes, int waiting)
    {
        if (waiting + bytes > _maxBytesOfStream)
        {
            return false;
        }

        if (Interlocked.Add(ref _bytes, bytes) > _maxBytes)
        {
            Interlocked.Add(ref _bytes, -bytes);
            return false;
        }

        if (waiting > _maxBytesOfStream / 4)
        {
            _hurry.Writer.TryWrite(true);
        }

        return true;
    }

    public void Reserve(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Waits(LogBuffer buffer)
    {
        _waiting.Enqueue(buffer);
        _wake.Writer.TryWrite(true);
    }

    public void Dropped(long lines) => _metrics.Dropped(lines);

    /// <summary>
    /// Returns when every line that was appended before is in the store. A full disk must not end anything: lines are lost then, and
    /// the process's own log says so.
    /// </summary>
    public async Task FlushAsync()
    {
        // Also when nothing waits: what was taken just before may still be on its way to the disk.
        await _writing.WaitAsync();
        try
        {
            if (!_waiting.IsEmpty)
            {
                await WriteAsync();
            }
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            Log.NotWritten(_logger, e);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_wake.Writer.TryComplete())
        {
            return;
        }

        _hurry.Writer.TryWrite(true);
        await _running;
        await FlushAsync();
        _writing.Dispose();
    }

    private static Channel<bool> OneToken() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync())
        {
            _wake.Reader.TryRead(out _);
            await WaitForMoreAsync();
            await FlushAsync();
        }
    }

    private async Task WaitForMoreAsync()
    {
        using var limit = new CancellationTokenSource(_options.FlushInterval, _time);
        Task hurry = _hurry.Reader.WaitToReadAsync(limit.Token).AsTask();
        await hurry.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the interval is over
        _hurry.Reader.TryRead(out _);
    }

    private async Task WriteAsync()
    {
        var batch = new List<WaitingLines>();
        var bytes = 0L;
        for (var left = _waiting.Count; left > 0 && _waiting.TryDequeue(out var buffer); left--)
        {
            var lines = buffer.Take();
            batch.Add(lines);
            bytes += lines.Length;
        }

        try
        {
            _metrics.Stored(await _store.AppendAsync(batch));
        }
        finally
        {
            Interlocked.Add(ref _bytes, -bytes);
            batch.ForEach(static lines => lines.Return());
        }
    }
}
