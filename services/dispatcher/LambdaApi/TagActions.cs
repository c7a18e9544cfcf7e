using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>ListTags, TagResource and UntagResource, of functions.</summary>
internal sealed class TagActions(FunctionFinder finder, FunctionStore store)
{
    public Task ListTagsAsync(ApiCall call, string arn)
    {
        var function = Find(call, arn, "ListTags");
        return call.OkAsync(new TagsBody(function.State.Tags), ApiJson.Default.TagsBody);
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
        var function = Find(call, arn, action);
        await store.ChangeAsync(
            call.AccountId,
            function.State.Name,
            zip: null,
            (existing, _) =>
            {
                var state = existing?.State ?? throw LambdaException.FunctionNotFound(function.Arn);
                var tags = new Dictionary<string, string>(state.Tags, StringComparer.Ordinal);
                change(tags);
                FunctionRules.CheckTags(tags);
                return state with { Tags = tags };
            },
            call.Aborted);
        await call.NoContentAsync();
    }
}
