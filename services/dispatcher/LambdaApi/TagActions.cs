using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>ListTags, TagResource and UntagResource, of functions and event source mappings.</summary>
internal sealed class TagActions(FunctionFinder finder, FunctionStore store, EventSourceActions eventSources)
{
    public Task ListTagsAsync(ApiCall call, string arn)
    {
        var tags = EventSourceActions.IsArn(arn) ? eventSources.FindByArn(call, arn, "ListTags").Tags : Find(call, arn, "ListTags").State.Tags;
        return call.OkAsync(new TagsBody(tags), ApiJson.Default.TagsBody);
    }

    public Task TagResourceAsync(ApiCall call, string arn)
    {
        var added = call.Json(ApiJson.Default.TagsBody).Tags ?? throw LambdaException.InvalidParameter("Tags is missing.");
        return ChangeAsync(call, arn, "TagResource", tags =>
        {
            foreach (var (key, value) in added)
            {
                tags[key] = value;
            }
        });
    }

    public Task UntagResourceAsync(ApiCall call, string arn)
    {
        var keys = call.Context.Request.Query["tagKeys"];
        return keys.Count == 0
            ? throw LambdaException.InvalidParameter("tagKeys is missing.")
            : ChangeAsync(call, arn, "UntagResource", tags =>
            {
                foreach (var key in keys)
                {
                    tags.Remove(key ?? "");
                }
            });
    }

    /// <summary>Tags belong to a function as a whole, named by its ARN.</summary>
    private DeployedFunction Find(ApiCall call, string arn, string action) => finder.FindWhole(call, arn, action, allowsLatest: false);

    private async Task ChangeAsync(ApiCall call, string arn, string action, Action<Dictionary<string, string>> change)
    {
        if (EventSourceActions.IsArn(arn))
        {
            await eventSources.ChangeTagsAsync(call, arn, action, tags => Changed(tags, change));
            await call.NoContentAsync();
            return;
        }

        var function = Find(call, arn, action);
        await store.ChangeAsync(
            call.AccountId,
            function.State.Name,
            zip: null,
            (existing, _) =>
            {
                var state = existing?.State ?? throw LambdaException.FunctionNotFound(function.Arn);
                return state with { Tags = Changed(state.Tags, change) };
            },
            call.Aborted);
        await call.NoContentAsync();
    }

    private static Dictionary<string, string> Changed(IReadOnlyDictionary<string, string> before, Action<Dictionary<string, string>> change)
    {
        var tags = new Dictionary<string, string>(before, StringComparer.Ordinal);
        change(tags);
        FunctionRules.CheckTags(tags);
        return tags;
    }
}
