using System.Text;
using Glue.FunctionLogs.Appending;
using Glue.FunctionLogs.Store;

namespace Glue.FunctionLogs.Api;

/// <summary>AWS's PutLogEvents: for what logs there without being a function, an agent or a test. Answered when it is on disk.</summary>
internal sealed class PutLogEventsAction(LogCatalog catalog, LogStore store, FunctionLogsOptions options, TimeProvider time)
{
    private const int MaxEvents = 10_000;
    private const int MaxBytes = 1024 * 1024;
    private const int EventOverhead = 26;

    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(2);
    private static readonly TimeSpan MaxSpan = TimeSpan.FromHours(24);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(14);

    public async Task<PutEventsAnswer> PutAsync(LogsCall call)
    {
        var request = call.Json(LogsJson.Default.PutEventsRequest);
        var (groupName, streamName) = (LogsCheck.GroupName(request.LogGroupName), LogsCheck.StreamName(request.LogStreamName));
        var events = request.LogEvents ?? throw LogsCheck.Fault(null, "logEvents", "Member must not be null");
        Check(events);
        var group = catalog.FindGroup(call.AccountId, groupName) ?? throw LogsException.GroupNotFound();
        _ = catalog.FindStream(group.Id, streamName) ?? throw LogsException.StreamNotFound();

        var now = time.GetUtcNow();
        var tooNew = (now + MaxAhead).ToUnixTimeMilliseconds();
        var tooOld = (now - MaxAge).ToUnixTimeMilliseconds();
        var expired = (now - (group.RetentionDays is { } days && TimeSpan.FromDays(days) < options.Retention ? TimeSpan.FromDays(days) : options.Retention)).ToUnixTimeMilliseconds();
        var wanted = events.Where(each => each.Timestamp <= tooNew && each.Timestamp >= tooOld && each.Timestamp >= expired).ToList();
        if (wanted.Count > 0)
        {
            var bytes = new byte[wanted.Sum(static each => LogBuffer.LineOverhead + Encoding.UTF8.GetByteCount(each.Message!))];
            var at = 0;
            foreach (var each in wanted)
            {
                at += WaitingLines.Write(bytes.AsSpan(at), each.Timestamp!.Value, Encoding.UTF8.GetBytes(each.Message!));
            }

            await store.AppendAsync([new WaitingLines(new LogStreamName(call.AccountId, groupName, streamName), bytes, at)]);
        }

        return new PutEventsAnswer(StreamActions.SequenceToken, Rejected(events, tooNew, tooOld, expired));
    }

    private static void Check(IReadOnlyList<InputEventBody> events)
    {
        if (events.Count is 0 or > MaxEvents)
        {
            throw LogsCheck.Fault(events.Count, "logEvents", $"Member must have length between 1 and {MaxEvents}");
        }

        var (bytes, last) = (0L, 0L);
        foreach (var each in events)
        {
            if (each is not { Timestamp: >= 0, Message.Length: > 0 })
            {
                throw LogsCheck.Fault(each?.Message, "logEvents", "Member must have a timestamp, not negative, and a message, not empty");
            }

            if (each.Timestamp < last)
            {
                throw LogsException.InvalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
            }

            last = each.Timestamp.Value;
            bytes += Encoding.UTF8.GetByteCount(each.Message) + EventOverhead;
        }

        if (bytes > MaxBytes)
        {
            throw LogsException.InvalidParameter($"Upload too large: {bytes} bytes exceeds limit of {MaxBytes}");
        }

        if (last - events[0].Timestamp > MaxSpan.TotalMilliseconds)
        {
            throw LogsException.InvalidParameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        }
    }

    private static RejectedEventsBody? Rejected(IReadOnlyList<InputEventBody> events, long tooNew, long tooOld, long expired)
    {
        var firstNew = events.TakeWhile(each => each.Timestamp <= tooNew).Count();
        var old = events.Count(each => each.Timestamp < tooOld);
        var over = events.Count(each => each.Timestamp < expired);
        return firstNew == events.Count && old == 0 && over == 0
            ? null
            : new RejectedEventsBody(firstNew < events.Count ? firstNew : null, old > 0 ? old : null, over > 0 ? over : null);
    }
}
