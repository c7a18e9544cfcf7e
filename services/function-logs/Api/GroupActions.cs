using Glue.FunctionLogs.Store;

namespace Glue.FunctionLogs.Api;

/// <summary>Log groups. Each method follows the action of its name in the CloudWatch Logs API Reference.</summary>
internal sealed class GroupActions(LogCatalog catalog, FunctionLogsOptions options)
{
    private const int MaxPage = 50;

    /// <summary>PutRetentionPolicy, retentionInDays.</summary>
    private static readonly int[] Days =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    public DescribeGroupsAnswer Describe(LogsCall call)
    {
        var request = call.Json(LogsJson.Default.DescribeGroupsRequest);
        if (request.LogGroupNamePrefix is not null && request.LogGroupNamePattern is not null)
        {
            throw LogsException.InvalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }

        if (request.LogGroupIdentifiers is { Count: > 0 })
        {
            throw LogsException.InvalidParameter("logGroupIdentifiers is not supported here; use logGroupNamePrefix.");
        }

        if (request.LogGroupNamePrefix is { } prefix)
        {
            LogsCheck.GroupName(prefix, "logGroupNamePrefix");
        }

        var limit = LogsCheck.Limit(request.Limit, MaxPage, MaxPage);
        var after = PageToken.Read(request.NextToken)?.Name;
        var found = catalog.ListGroups(call.AccountId, request.LogGroupNamePrefix, request.LogGroupNamePattern, after, limit + 1);
        var shown = found.Take(limit).Select(group => Body(call.AccountId, group)).ToList();
        return new DescribeGroupsAnswer(shown, found.Count > limit ? new PageToken(0, shown[^1].LogGroupName).ToString() : null);
    }

    public async Task<object?> CreateAsync(LogsCall call)
    {
        var request = call.Json(LogsJson.Default.GroupRequest);
        var name = LogsCheck.GroupName(request.LogGroupName);
        Refuse(request.KmsKeyId is not null, "kmsKeyId");
        Refuse(request.Tags is { Count: > 0 }, "tags");
        Refuse(request.LogGroupClass is not (null or "STANDARD"), "logGroupClass other than STANDARD");
        return await catalog.CreateGroupAsync(call.AccountId, name) ? null : throw LogsException.AlreadyExists("group");
    }

    public async Task<object?> DeleteAsync(LogsCall call)
    {
        await catalog.DeleteGroupAsync(Find(call, call.Json(LogsJson.Default.GroupRequest).LogGroupName).Id);
        return null;
    }

    public async Task<object?> PutRetentionPolicyAsync(LogsCall call)
    {
        var request = call.Json(LogsJson.Default.RetentionRequest);
        var days = request.RetentionInDays ?? throw LogsCheck.Fault(null, "retentionInDays", "Member must not be null");
        if (!Days.Contains(days))
        {
            throw LogsCheck.Fault(days, "retentionInDays", $"Member must satisfy enum value set: [{string.Join(", ", Days)}]");
        }

        await catalog.SetRetentionAsync(Find(call, request.LogGroupName).Id, days);
        return null;
    }

    public async Task<object?> DeleteRetentionPolicyAsync(LogsCall call)
    {
        await catalog.SetRetentionAsync(Find(call, call.Json(LogsJson.Default.GroupRequest).LogGroupName).Id, days: null);
        return null;
    }

    /// <summary>Groups have no tags here: an empty set, which is what Terraform asks for.</summary>
    public TagsAnswer ListTagsForResource(LogsCall call)
    {
        var arn = call.Json(LogsJson.Default.TagsRequest).ResourceArn ?? throw LogsCheck.Fault(null, "resourceArn", "Member must not be null");
        Find(call, LogsCheck.Group(null, arn, call.AccountId));
        return new TagsAnswer(new Dictionary<string, string>());
    }

    /// <summary>The older spelling of the same.</summary>
    public TagsAnswer ListTagsLogGroup(LogsCall call)
    {
        Find(call, call.Json(LogsJson.Default.GroupRequest).LogGroupName);
        return new TagsAnswer(new Dictionary<string, string>());
    }

    private LogGroup Find(LogsCall call, string? name) =>
        catalog.FindGroup(call.AccountId, LogsCheck.GroupName(name)) ?? throw LogsException.GroupNotFound();

    private GroupBody Body(string accountId, LogGroup group)
    {
        var arn = $"arn:aws:logs:{options.Region}:{accountId}:log-group:{group.Name}";
        return new GroupBody(group.Name, group.CreatedMs, group.RetentionDays, 0, arn + ":*", group.StoredBytes, "STANDARD", arn);
    }

    private static void Refuse(bool asked, string field)
    {
        if (asked)
        {
            throw LogsException.InvalidParameter($"{field} is not supported here; leave it out.");
        }
    }
}
