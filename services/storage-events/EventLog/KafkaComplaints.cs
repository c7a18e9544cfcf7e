using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.EventLog;

/// <summary>What Kafka's clients say about their connections, at most once a minute: they repeat themselves while a broker is away.</summary>
internal sealed class KafkaComplaints(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private long _last;

    public void Hear(string complaint)
    {
        var (last, now) = (Volatile.Read(ref _last), time.GetTimestamp());
        if ((last == 0 || time.GetElapsedTime(last, now) > Silence) && Interlocked.CompareExchange(ref _last, now, last) == last)
        {
            Log.KafkaComplains(logger, complaint);
        }
    }
}
