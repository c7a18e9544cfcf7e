using System.Text;
using Glue.FunctionLogs.Appending;
using Glue.FunctionLogs.Filtering;
using Glue.FunctionLogs.Store;

namespace Glue.FunctionLogs.Api;

/// <summary>
/// Reading events. Each method follows the action of its name in the CloudWatch Logs API Reference. A read sees every line that was appended
/// before it.
/// </summary>
internal sealed class EventActions(LogCatalog catalog, LogReader reader, LogWriter writer)
{
    private const int MaxEvents = 10_000;
    private const int MaxStreams = 100;

    /// <summary>Of one stream, forward or backward. Its tokens go on in either direction; at an end the token comes back as it was.</summary>
    public async Task<GetEventsAnswer> GetAsync(LogsCall call)
    {
        var request = call.Json(LogsJson.Default.GetEventsRequest);
        var streamName = LogsCheck.StreamName(request.LogStreamName);
        var limit = LogsCheck.Limit(request.Limit, MaxEvents, MaxEvents);
        LogsCheck.Times(request.StartTime, request.EndTime);
        var (isBackward, after) = ReadToken(request);
        var group = await GroupAsync(call, request.LogGroupName, request.LogGroupIdentifier);
        var stream = catalog.FindStream(group.Id, streamName) ?? throw LogsException.StreamNotFound();
        var lines = reader.Read(new LogScan
        {
            GroupId = group.Id,
            StreamIds = [stream.Id],
            StartMs = request.StartTime ?? 0,
            EndMs = request.EndTime ?? long.MaxValue,
            After = after,
            IsBackward = isBackward,
            Limit = limit,
        }).Lines;
        var ordered = isBackward ? lines.Reverse().ToList() : lines;

        // Nothing found: whoever goes on from here starts at the same place.
        var here = after ?? new LogPosition(request.StartTime ?? 0, 0, 0);
        var (oldest, newest) = ordered.Count > 0 ? (ordered[0].Position, ordered[^1].Position) : (here, here);
        return new GetEventsAnswer(
            [.. ordered.Select(static line => new EventBody(line.Position.TimeMs, Text(line), line.IngestedMs))], $"f/{newest}", $"b/{oldest}");
    }

    public async Task<FilterEventsAnswer> FilterAsync(LogsCall call)
    {
        var request = call.Json(LogsJson.Default.FilterEventsRequest);
        var limit = LogsCheck.Limit(request.Limit, MaxEvents, MaxEvents);
        LogsCheck.Times(request.StartTime, request.EndTime);
        if (request.LogStreamNames is not null && request.LogStreamNamePrefix is not null)
        {
            throw LogsException.InvalidParameter("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.");
        }

        var filter = Filter(request.FilterPattern);
        LogPosition? after = request.NextToken is null ? null
            : LogPosition.Parse(request.NextToken) ?? throw LogsException.InvalidParameter("The specified nextToken is invalid.");
        var group = await GroupAsync(call, request.LogGroupName, request.LogGroupIdentifier);
        var page = reader.Read(new LogScan
        {
            GroupId = group.Id,
            StreamIds = Streams(group.Id, request),
            StartMs = request.StartTime ?? 0,
            EndMs = request.EndTime is { } last and < long.MaxValue ? last + 1 : long.MaxValue, // this action's endTime is wanted, too
            After = after,
            Filter = filter,
            Limit = limit,
        });
        var names = catalog.StreamNames(page.Lines.Select(static line => line.StreamId).ToHashSet());
        return new FilterEventsAnswer(
            [
                .. page.Lines.Where(line => names.ContainsKey(line.StreamId)).Select(line => new FilteredEventBody(
                    names[line.StreamId], line.Position.TimeMs, Text(line), line.IngestedMs, line.Position.ToString())),
            ],
            [],
            page.Next?.ToString());
    }

    private async Task<LogGroup> GroupAsync(LogsCall call, string? name, string? identifier)
    {
        var group = LogsCheck.Group(name, identifier, call.AccountId);
        await writer.FlushAsync();
        return catalog.FindGroup(call.AccountId, group) ?? throw LogsException.GroupNotFound();
    }

    private HashSet<long>? Streams(long groupId, FilterEventsRequest request)
    {
        if (request.LogStreamNames is { } names)
        {
            return names.Count is 0 or > MaxStreams
                ? throw LogsCheck.Fault(names.Count, "logStreamNames", $"Member must have length between 1 and {MaxStreams}")
                : [.. names.Select(name => (catalog.FindStream(groupId, LogsCheck.StreamName(name, "logStreamNames")) ?? throw LogsException.StreamNotFound()).Id)];
        }

        return request.LogStreamNamePrefix is { } prefix
            ? [.. catalog.ListStreams(groupId, LogsCheck.StreamName(prefix, "logStreamNamePrefix"), byTime: false, descending: false, after: null, int.MaxValue).Select(static each => each.Id)]
            : null;
    }

    private static FilterPattern Filter(string? pattern)
    {
        if (pattern is { Length: > 1024 })
        {
            throw LogsCheck.Fault(pattern[..32] + "...", "filterPattern", "Member must have length less than or equal to 1024");
        }

        try
        {
            return FilterPattern.Parse(pattern);
        }
        catch (FilterPatternException e)
        {
            throw LogsException.InvalidParameter(e.Message);
        }
    }

    private static (bool IsBackward, LogPosition? After) ReadToken(GetEventsRequest request)
    {
        if (request.NextToken is not { } token)
        {
            return (request.StartFromHead != true, null);
        }

        var position = token is ['f' or 'b', '/', ..] ? LogPosition.Parse(token.AsSpan(2)) : null;
        return position is null ? throw LogsException.InvalidParameter("The specified nextToken is invalid.") : (token[0] == 'b', position);
    }

    /// <summary>What is no UTF-8 is shown as U+FFFD.</summary>
    private static string Text(LogLine line) => Encoding.UTF8.GetString(line.Message.Span);
}
