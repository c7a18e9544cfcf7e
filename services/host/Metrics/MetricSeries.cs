namespace Glue.Host.Metrics;

/// <summary>One instrument with one set of tags: a sum, a latest value, or a distribution over <see cref="BucketBounds"/>. Thread-safe.</summary>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] tags, bool isDistribution)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = isDistribution ? new long[BucketBounds.Count + 1] : [];
    private double _sum;
    private long _count;

    /// <summary>Upper bounds, seconds: from a warm call to the longest run that Lambda allows (900 s).</summary>
    public static IReadOnlyList<double> BucketBounds { get; } =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

    public IReadOnlyList<KeyValuePair<string, object?>> Tags => tags;

    /// <summary>True if these are the tags of this series, in the order in which it was first measured.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != others[i].Key || !Equals(tags[i].Value, others[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public void Add(double value)
    {
        lock (_lock)
        {
            _sum += value;
            _count++;
            if (isDistribution)
            {
                _buckets[BucketOf(value)]++;
            }
        }
    }

    public void Set(double value)
    {
        lock (_lock)
        {
            _sum = value;
        }
    }

    /// <summary>The sum (or latest value), how many were measured, and how many fell into each bucket, the last being the open one.</summary>
    public (double Sum, long Count, long[] Buckets) Read()
    {
        lock (_lock)
        {
            return (_sum, _count, [.. _buckets]);
        }
    }

    private static int BucketOf(double value)
    {
        var bucket = 0;
        while (bucket < BucketBounds.Count && value > BucketBounds[bucket])
        {
            bucket++;
        }

        return bucket;
    }
}
