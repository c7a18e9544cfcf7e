using Glue.FunctionLogs.Appending;
using Glue.FunctionLogs.Store;

namespace Glue.FunctionLogs.Api;

/// <summary>Log streams. Each method follows the action of its name in the CloudWatch Logs API Reference.</summary>
internal sealed class StreamActions(LogCatalog catalog, LogWriter writer, FunctionLogsOptions options)
{
    private const int MaxPage = 50;

    public async Task<DescribeStreamsAnswer> DescribeAsync(LogsCall call)
    {
        var request = call.Json(LogsJson.Default.DescribeStreamsRequest);
        var groupName = LogsCheck.Group(request.LogGroupName, request.LogGroupIdentifier, call.AccountId);
        var byTime = request.OrderBy switch
        {
            null or "LogStreamName" => false,
            "LastEventTime" => true,
            _ => throw LogsCheck.Fault(request.OrderBy, "orderBy", "Member must satisfy enum value set: [LastEventTime, LogStreamName]"),
        };
        if (byTime && request.LogStreamNamePrefix is not null)
        {
            throw LogsException.InvalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
        }

        if (request.LogStreamNamePrefix is { } prefix)
        {
            LogsCheck.StreamName(prefix, "logStreamNamePrefix");
        }

        var limit = LogsCheck.Limit(request.Limit, MaxPage, MaxPage);
        (long, string)? after = PageToken.Read(request.NextToken) is { } token ? (token.TimeMs, token.Name) : null;
        await writer.FlushAsync();
        var group = catalog.FindGroup(call.AccountId, groupName) ?? throw LogsException.GroupNotFound();
        var found = catalog.ListStreams(group.Id, request.LogStreamNamePrefix, byTime, request.Descending == true, after, limit + 1);
        var shown = found.Take(limit).ToList();
        return new DescribeStreamsAnswer(
            [.. shown.Select(stream => Body(call.AccountId, groupName, stream))],
            found.Count > limit ? new PageToken(shown[^1].LastEventMs ?? shown[^1].CreatedMs, shown[^1].Name).ToString() : null);
    }

    public async Task<object?> CreateAsync(LogsCall call)
    {
        var (groupId, name) = Read(call);
        return await catalog.CreateStreamAsync(groupId, name) ? null : throw LogsException.AlreadyExists("stream");
    }

    public async Task<object?> DeleteAsync(LogsCall call)
    {
        await writer.FlushAsync();
        var (groupId, name) = Read(call);
        await catalog.DeleteStreamAsync((catalog.FindStream(groupId, name) ?? throw LogsException.StreamNotFound()).Id);
        return null;
    }

    private (long GroupId, string Name) Read(LogsCall call)
    {
        var request = call.Json(LogsJson.Default.StreamRequest);
        var group = LogsCheck.GroupName(request.LogGroupName);
        var name = LogsCheck.StreamName(request.LogStreamName);
        return ((catalog.FindGroup(call.AccountId, group) ?? throw LogsException.GroupNotFound()).Id, name);
    }

    private StreamBody Body(string accountId, string group, LogStream stream) => new(
        stream.Name, stream.CreatedMs, stream.FirstEventMs, stream.LastEventMs, stream.LastIngestionMs, SequenceToken,
        $"arn:aws:logs:{options.Region}:{accountId}:log-group:{group}:log-stream:{stream.Name}", 0);

    /// <summary>Ignored by PutLogEvents, as at AWS since 2023; old clients want one.</summary>
    internal const string SequenceToken = "49590302938438273764273748374837483748374837483748374837";
}
