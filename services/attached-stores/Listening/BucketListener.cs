using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Listening;

/// <summary>One bucket's connection. What it brings is durable before more is read: while the event log takes nothing, the store has to wait.</summary>
internal sealed class BucketListener(ListenCall call, IStoreEvents events, ListenPace pace, TimeProvider time, ILogger logger)
{
    /// <exception cref="Requests.StoreException">The store refused.</exception>
    /// <exception cref="HttpRequestException">The connection ended; it always does, sooner or later.</exception>
    public async Task ListenAsync(AttachedStore store, string bucket, IReadOnlyList<string> types, GapCloser gaps, SourceStatus status, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(pace.Silence);
        try
        {
            using var answer = await call.OpenAsync(store, bucket, types, pace.Ping, silence.Token);
            gaps.Note(); // up to this moment nobody listened
            status.Working("listening");
            Log.Listening(logger, store.Name, bucket);
            await using var lines = new EventLines(await answer.Content.ReadAsStreamAsync(silence.Token));
            while (await ReadAsync(lines, silence) is { } messages)
            {
                await TakeAsync(store, messages, gaps, cancellationToken);
            }

            throw new HttpRequestException($"{store.Endpoint} ended the connection to bucket {bucket}.");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{store.Endpoint} gave no sign of life for bucket {bucket} in {pace.Silence.TotalSeconds:0.#} s.", e);
        }
        catch (IOException e)
        {
            throw new HttpRequestException($"The connection to {store.Endpoint} for bucket {bucket} broke: {e.Message}", e);
        }
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadAsync(EventLines lines, CancellationTokenSource silence)
    {
        silence.CancelAfter(pace.Silence);
        var read = await lines.ReadAsync(silence.Token);
        silence.CancelAfter(Timeout.InfiniteTimeSpan); // what is taken now may wait for the event log as long as it has to
        return read;
    }

    /// <summary>A refusal by the event log ends the connection: the gap is closed when it takes something again.</summary>
    private async Task TakeAsync(AttachedStore store, IReadOnlyList<ReadOnlyMemory<byte>> messages, GapCloser gaps, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return; // a sign of life
        }

        var began = time.GetTimestamp();

        // Not with the token of a store that is being detached or a process that stops: half of it would be written.
        var taken = await events.TakeAsync(store, messages, isOwn: null, CancellationToken.None);
        foreach (var fault in taken.Faults)
        {
            Log.MessageRejected(logger, store.Name, fault);
        }

        if (time.GetElapsedTime(began) > pace.HeldUp)
        {
            gaps.Note();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
