using System.Collections.Concurrent;

namespace Glue.Dispatcher.EventSources;

/// <summary>One life of an enabled mapping: its reader, and a delivery for each partition that the reader has.</summary>
internal sealed class MappingRun : IPartitionOwner, IAsyncDisposable
{
    /// <summary>How long what runs may take to end before its partition goes to another member.</summary>
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<int, Partition> _partitions = new();
    private readonly Func<PartitionFeed, Action<long>, PartitionDelivery> _deliver;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TopicReader _reader;
    private readonly TimeProvider _time;

    /// <param name="open">Opens the reader, which begins at once.</param>
    /// <param name="deliver">Makes the delivery of a partition from its feed and from what takes its offsets.</param>
    /// <param name="time">The clock.</param>
    public MappingRun(Func<IPartitionOwner, TopicReader> open, Func<PartitionFeed, Action<long>, PartitionDelivery> deliver, TimeProvider time)
    {
        (_deliver, _time) = (deliver, time);
        _reader = open(this);
        Ended = Task.WhenAny(_reader.Ended, _broken.Task).Unwrap();
    }

    /// <summary>Faulted when its reader or one of its deliveries broke: nothing goes on by itself then.</summary>
    public Task Ended { get; }

    /// <summary>Nothing new is begun. Returns when what runs has ended, or was left because <paramref name="abort"/> says so, and its offsets are committed.</summary>
    public async Task StopAsync(CancellationToken abort)
    {
        await _stopping.CancelAsync();
        await using (abort.UnsafeRegister(static aborting => ((CancellationTokenSource)aborting!).Cancel(), _aborting))
        {
            await Task.WhenAll(_partitions.Values.Select(static partition => partition.Delivering));
        }

        await DisposeAsync();
    }

    /// <summary>Leaves what runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _aborting.CancelAsync();
        await _reader.DisposeAsync();
    }

    void IPartitionOwner.Begin(int partition, PartitionFeed feed, TopicReader reader)
    {
        var stopping = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var aborting = CancellationTokenSource.CreateLinkedTokenSource(_aborting.Token);
        var delivery = _deliver(feed, next => reader.Commit(partition, next));
        _partitions[partition] = new Partition(Task.Run(() => DeliverAsync(delivery, stopping.Token, aborting.Token), CancellationToken.None), stopping, aborting);
    }

    async Task IPartitionOwner.EndAsync(IReadOnlyCollection<int> partitions, bool isLost)
    {
        var ending = new List<Partition>();
        foreach (var number in partitions)
        {
            if (_partitions.TryRemove(number, out var partition))
            {
                ending.Add(partition);
            }
        }

        foreach (var partition in ending)
        {
            await partition.Stopping.CancelAsync();
        }

        var all = Task.WhenAll(ending.Select(static partition => partition.Delivering));
        if (!isLost)
        {
            await Task.WhenAny(all, Task.Delay(HandOver, _time));
        }

        foreach (var partition in ending)
        {
            await partition.Aborting.CancelAsync();
        }

        await all;
        foreach (var partition in ending)
        {
            partition.Stopping.Dispose();
            partition.Aborting.Dispose();
        }
    }

    private async Task DeliverAsync(PartitionDelivery delivery, CancellationToken stopping, CancellationToken aborting)
    {
        try
        {
            await delivery.RunAsync(stopping, aborting);
        }
        catch (Exception e)
        {
            _broken.TrySetException(e);
        }
    }

    private sealed record Partition(Task Delivering, CancellationTokenSource Stopping, CancellationTokenSource Aborting);
}
