using System.Diagnostics;
using Glue.Functions.Storage;

namespace Glue.Functions.Objects.Staging;

/// <summary>
/// Whether the time that is left will do to make so many objects visible. A function that is ended in the middle of it leaves some of them, and each
/// of its retries would end there as well: then better none.
/// </summary>
internal sealed class PublishingTime(StorageClient storage, string bucket, Func<TimeSpan> timeLeft)
{
    /// <summary>What the caller has still to do afterwards.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    /// <summary>Of a request to a store in the same process, beside others.</summary>
    private static readonly TimeSpan LeastEach = TimeSpan.FromMilliseconds(0.3);

    /// <summary>Fewer are not worth a question.</summary>
    private const int Few = 100;

    /// <exception cref="PublishingTimeException">It will not; nothing is visible yet.</exception>
    public void Demand(IReadOnlyCollection<StagedObject> objects, int atOnce)
    {
        if (objects.Count <= Few)
        {
            return;
        }

        // One that writes and syncs takes longer than one that looks.
        var each = (4 * Ask(objects.First().Key) / atOnce) + LeastEach;
        var needed = (each * objects.Count) + Rest;
        if (timeLeft() < needed)
        {
            throw new PublishingTimeException(
                $"{objects.Count} objects are ready, and to make them visible would take about {needed.TotalSeconds:0} s, more than is left. Nothing was stored; give the function a longer timeout.");
        }
    }

    /// <exception cref="PublishingTimeException">The time ends now.</exception>
    public void DemandOne()
    {
        if (timeLeft() < Rest)
        {
            throw new PublishingTimeException("The function's time ended while its objects were made visible. Those that were stay, each is whole; give the function a longer timeout.");
        }
    }

    /// <returns>How long the store takes to say whether it has the object.</returns>
    private TimeSpan Ask(string key)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            storage.Head(bucket, key);
        }
        catch (StorageException)
        {
            // That it has none, or will not say, is an answer too.
        }

        return Stopwatch.GetElapsedTime(started);
    }
}

/// <summary>The time that is left does not do to make the results visible.</summary>
internal sealed class PublishingTimeException(string message) : ObjectException(message);
