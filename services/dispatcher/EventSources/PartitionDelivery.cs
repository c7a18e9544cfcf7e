using Glue.Contracts.Invocations;
using Glue.Dispatcher.EventSources.Filtering;

namespace Glue.Dispatcher.EventSources;

/// <summary>
/// Hands the records of one partition to the function, batch after batch, each until it is settled: it succeeded, or it was given up and its
/// destination knows. Only then the next, and only then its offset is committed: a crash repeats a batch and never loses one.
/// </summary>
/// <param name="mapping">The mapping as it is now; asked before each try.</param>
/// <param name="feed">The partition's records.</param>
/// <param name="invoker">Runs the function.</param>
/// <param name="failures">Takes what is given up.</param>
/// <param name="commit">Gets the offset of the next record.</param>
/// <param name="status">Hears how it goes.</param>
/// <param name="options">Times.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">Counts.</param>
internal sealed class PartitionDelivery(
    Func<EventSourceMapping> mapping,
    PartitionFeed feed,
    IBatchInvoker invoker,
    IFailedBatches failures,
    Action<long> commit,
    MappingStatus status,
    EventSourceOptions options,
    TimeProvider time,
    EventSourceMetrics metrics)
{
    private (IReadOnlyList<string> Patterns, RecordFilter Filter) _filter = ([], RecordFilter.Parse([]));

    /// <summary>Returns when it is stopped.</summary>
    /// <param name="stopping">No further try is begun; what runs goes on.</param>
    /// <param name="aborting">What runs is left as well.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        try
        {
            while (true)
            {
                var now = mapping();
                var records = await feed.TakeAsync(now.Records, now.Window, stopping);
                await SettleAsync(Wanted(records), stopping, aborting);
                commit(records[^1].Offset + 1);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || aborting.IsCancellationRequested)
        {
            // What is not settled is not committed: whoever reads the partition next has it again.
        }
    }

    private async Task SettleAsync(IReadOnlyList<SourceRecord> records, CancellationToken stopping, CancellationToken aborting)
    {
        var parts = new Stack<BatchPart>();
        Push(parts, new BatchPart(records, 0));
        var failed = 0; // tries in a row
        while (parts.TryPop(out var part))
        {
            var now = mapping();
            part = await DropOldAsync(now, part, stopping);
            if (part.Records.Count == 0)
            {
                continue;
            }

            stopping.ThrowIfCancellationRequested();
            var payload = BatchEvent.Write(string.Join(',', now.BootstrapServers), part.Records, out var fitting);
            Push(parts, part.From(Math.Max(1, fitting)));
            part = part.To(Math.Max(1, fitting));
            if (fitting == 0)
            {
                await failures.TakeAsync(new FailedBatch(now, part.Records, FailedBatch.TooLarge, 0, null), status, stopping);
                continue;
            }

            var answer = await invoker.InvokeAsync(now, payload, stopping, aborting);
            metrics.Invoked(part.Records.Count, answer.Outcome.Status);
            if (await SettleAsync(parts, now, part, answer, stopping))
            {
                failed = 0;
            }
            else
            {
                await Task.Delay(Backoff(failed++), time, stopping);
            }
        }
    }

    /// <summary>Puts back what is to be tried again.</summary>
    /// <returns>True: nothing is, so there is nothing to wait for.</returns>
    private async Task<bool> SettleAsync(
        Stack<BatchPart> parts, EventSourceMapping now, BatchPart part, BatchOutcome answer, CancellationToken stopping)
    {
        if (answer.Outcome.Status == InvokeStatus.NotRun)
        {
            status.Problem(answer.Outcome.Reason ?? "The function could not be run.");
            Push(parts, part); // nothing of the function ran: it counts for nothing
            return false;
        }

        var left = answer.Outcome.Status == InvokeStatus.FunctionError ? part.Records
            : now.ReportsBatchItemFailures ? BatchFailures.Of(answer.Outcome.Payload, part.Records)
            : [];
        if (left.Count == 0)
        {
            status.Ok();
            return true;
        }

        status.Problem("Function call failed");
        if (now.BisectBatchOnFunctionError && left.Count > 1)
        {
            // Splitting does not count as a retry, as for Lambda: a single record has all of its tries.
            Push(parts, new BatchPart([.. left.Skip(left.Count / 2)], part.Errors));
            Push(parts, new BatchPart([.. left.Take(left.Count / 2)], part.Errors));
            return false;
        }

        if (now.Retries is { } most && part.Errors >= most)
        {
            await failures.TakeAsync(new FailedBatch(now, left, FailedBatch.RetriesExhausted, part.Errors + 1, answer), status, stopping);
            return true;
        }

        Push(parts, new BatchPart(left, part.Errors + 1));
        return false;
    }

    /// <summary>Those too old for another try are given up.</summary>
    private async Task<BatchPart> DropOldAsync(EventSourceMapping now, BatchPart part, CancellationToken stopping)
    {
        if (now.MaximumAge is not { } most)
        {
            return part;
        }

        var oldest = (time.GetUtcNow() - most).ToUnixTimeMilliseconds();
        var old = part.Records.Where(record => record.Timestamp >= 0 && record.Timestamp < oldest).ToList();
        if (old.Count > 0)
        {
            await failures.TakeAsync(new FailedBatch(now, old, FailedBatch.TooOld, part.Errors, null), status, stopping);
        }

        return old.Count == 0 ? part : part with { Records = [.. part.Records.Except(old, ReferenceEqualityComparer.Instance).Cast<SourceRecord>()] };
    }

    private IReadOnlyList<SourceRecord> Wanted(IReadOnlyList<SourceRecord> records)
    {
        var patterns = mapping().Filters;
        if (!ReferenceEquals(patterns, _filter.Patterns))
        {
            _filter = (patterns, RecordFilter.Parse(patterns)); // checked when it was set
        }

        var wanted = patterns.Count == 0 ? records : [.. records.Where(_filter.Filter.Wants)];
        metrics.Filtered(records.Count - wanted.Count);
        return wanted;
    }

    private TimeSpan Backoff(int failed) =>
        TimeSpan.FromTicks((long)Math.Min(options.LongestRetry.Ticks, options.FirstRetry.Ticks * Math.Pow(2, Math.Min(failed, 30))));

    private static void Push(Stack<BatchPart> parts, BatchPart part)
    {
        if (part.Records.Count > 0)
        {
            parts.Push(part);
        }
    }
}
