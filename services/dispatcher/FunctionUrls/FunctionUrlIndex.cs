using System.Collections.Concurrent;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>Which function has a URL.</summary>
internal sealed class FunctionUrlIndex
{
    private readonly FunctionStore _functions;
    private readonly ConcurrentDictionary<string, (string AccountId, string Name, string? Qualifier)> _byId = new(StringComparer.Ordinal);

    public FunctionUrlIndex(FunctionStore functions)
    {
        _functions = functions;
        functions.WhenChanged(Follow); // before the look at what there is: a change in between is told, and what it said is said again
        foreach (var function in functions.All)
        {
            Follow(before: null, function);
        }
    }

    /// <returns>Null: no function has this URL.</returns>
    public QualifiedFunction? Find(string id) =>
        _byId.TryGetValue(id, out var at) && _functions.Resolve(at.AccountId, at.Name, at.Qualifier) is { Settings.Url: { } url } function && url.Id == id
            ? function
            : null; // the function itself has the last word

    private void Follow(DeployedFunction? before, DeployedFunction? after)
    {
        if (ReferenceEquals(before?.State.Qualified, after?.State.Qualified) && before?.State.Url == after?.State.Url)
        {
            return; // as nearly always
        }

        var now = Of(after?.State).ToDictionary(static each => each.Id, static each => each.At, StringComparer.Ordinal);
        foreach (var (id, at) in now)
        {
            _byId[id] = at;
        }

        foreach (var (id, _) in Of(before?.State).Where(each => !now.ContainsKey(each.Id))) // last: one that stays is there all the time
        {
            _byId.TryRemove(id, out _);
        }
    }

    private static IEnumerable<(string Id, (string AccountId, string Name, string? Qualifier) At)> Of(FunctionState? state)
    {
        if (state?.Url is { } url)
        {
            yield return (url.Id, (state.AccountId, state.Name, null));
        }

        foreach (var (qualifier, settings) in state?.Qualified.AsEnumerable() ?? [])
        {
            if (settings.Url is { } qualified)
            {
                yield return (qualified.Id, (state!.AccountId, state.Name, qualifier));
            }
        }
    }
}
