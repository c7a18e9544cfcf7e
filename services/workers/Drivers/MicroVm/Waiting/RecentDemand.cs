namespace Glue.Workers.Drivers.MicroVm.Waiting;

/// <summary>How many VMs of one version were wanted at once lately: so many are worth having ready.</summary>
internal sealed class RecentDemand(TimeProvider time)
{
    /// <summary>What is longer ago says nothing about the next minute.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    /// <summary>Starts this near to each other are at once: a start takes less.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly Queue<long> _wanted = new();

    /// <summary>Timestamp of the last one.</summary>
    public long LastUse { get; private set; }

    public void Add()
    {
        LastUse = time.GetTimestamp();
        _wanted.Enqueue(LastUse);
    }

    /// <summary>The most that were wanted within a second, of the last minute; 0: none was wanted.</summary>
    public int Peak()
    {
        while (_wanted.TryPeek(out var oldest) && time.GetElapsedTime(oldest) > Memory)
        {
            _wanted.Dequeue();
        }

        var peak = 0;
        var near = new Queue<long>();
        foreach (var each in _wanted)
        {
            near.Enqueue(each);
            while (time.GetElapsedTime(near.Peek(), each) > AtOnce)
            {
                near.Dequeue();
            }

            peak = Math.Max(peak, near.Count);
        }

        return peak;
    }
}
