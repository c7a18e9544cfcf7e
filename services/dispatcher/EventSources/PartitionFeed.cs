namespace Glue.Dispatcher.EventSources;

/// <summary>Records of one partition between the client that reads them and the loop that hands them to the function, in their order.</summary>
internal sealed class PartitionFeed(TimeProvider time)
{
    /// <summary>Beyond this the client stops reading the partition: one event's worth of records (6 MB, in base64) is enough in advance.</summary>
    private const int MaxBytes = 4_500_000;

    private readonly Lock _lock = new();
    private readonly Queue<SourceRecord> _records = [];
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _bytes;
    private int _wanted = EventSourceMapping.DefaultBatchSize;

    /// <summary>It holds a batch: no more are to be added for now.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return HoldsBatch;
            }
        }
    }

    private bool HoldsBatch => _records.Count >= _wanted || _bytes >= MaxBytes;

    public void Add(SourceRecord record)
    {
        lock (_lock)
        {
            _records.Enqueue(record);
            _bytes += record.Bytes;
            _added.TrySetResult();
        }
    }

    /// <summary>Waits for a record, and then for <paramref name="most"/> of them or for the window's end.</summary>
    /// <returns>1 to <paramref name="most"/> records.</returns>
    public async Task<IReadOnlyList<SourceRecord>> TakeAsync(int most, TimeSpan window, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _wanted = most;
        }

        await UntilAsync(() => _records.Count > 0, cancellationToken);
        if (window > TimeSpan.Zero)
        {
            using var end = new CancellationTokenSource(window, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
            try
            {
                await UntilAsync(() => HoldsBatch, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The window is over: what there is goes.
            }
        }

        lock (_lock)
        {
            var taken = new List<SourceRecord>();
            while (taken.Count < most && _records.TryDequeue(out var record))
            {
                taken.Add(record);
                _bytes -= record.Bytes;
            }

            return taken;
        }
    }

    private async Task UntilAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task added;
            lock (_lock)
            {
                if (holds())
                {
                    return;
                }

                if (_added.Task.IsCompleted)
                {
                    _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                added = _added.Task;
            }

            await added.WaitAsync(cancellationToken);
        }
    }
}
