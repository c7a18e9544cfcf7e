using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Listening;

/// <summary>One bucket's connection. What it brings is durable before more is read: while the event log takes nothing, the store has to wait.</summary>
internal sealed class BucketListener(ListenCall call, IStoreEvents events, ListenPace pace, TimeProvider time, ILogger logger)
{
    /// <summary>The status of a connection that brings all that is wanted.</summary>
    public const string Listening = "listening";

    /// <exception cref="StoreException">The store refused.</exception>
    /// <exception cref="HttpRequestException">The connection ended; it always does, sooner or later.</exception>
    public async Task ListenAsync(AttachedStore store, string bucket, IReadOnlyList<string> types, GapCloser gaps, SourceStatus status, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(pace.Silence);
        try
        {
            var (opened, untold) = await OpenAsync(store, bucket, types, silence.Token);
            using var answer = opened;
            gaps.Note(); // up to this moment nobody listened
            status.Working(untold.Count == 0 ? Listening : $"the store does not know {string.Join(", ", untold)}");
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

    /// <exception cref="StoreException">It knows none of the types, or refused for another reason.</exception>
    private async Task<(HttpResponseMessage Answer, IReadOnlyList<string> Untold)> OpenAsync(AttachedStore store, string bucket, IReadOnlyList<string> types, CancellationToken cancellationToken)
    {
        StoreException? refused = null;
        foreach (var offer in ListenTypes.Offers(types))
        {
            try
            {
                return (await call.OpenAsync(store, bucket, offer, pace.Ping, cancellationToken), ListenTypes.Untold(types, offer));
            }
            catch (StoreException e) when (e.Status == 400)
            {
                refused ??= e; // the others are about less than what is wanted
            }
        }

        throw new StoreException(store.Name, 400, refused!.Code, $"{refused.Message} (asked for {string.Join(", ", types)})");
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
