using System.Collections.Frozen;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>Which function has a URL. Made anew when somebody asks after a change of any function; what it says is checked against the function itself.</summary>
internal sealed class FunctionUrlIndex
{
    private readonly FunctionStore _functions;
    private readonly Lock _lock = new();
    private FrozenDictionary<string, (string AccountId, string Name, string? Qualifier)> _byId = FrozenDictionary<string, (string, string, string?)>.Empty;
    private int _changes = 1;
    private int _seen;

    public FunctionUrlIndex(FunctionStore functions)
    {
        _functions = functions;
        functions.WhenChanged(() => Interlocked.Increment(ref _changes));
    }

    /// <returns>Null: no function has this URL.</returns>
    public QualifiedFunction? Find(string id)
    {
        var function = Lookup(id);
        if (function is null && Volatile.Read(ref _seen) != Volatile.Read(ref _changes))
        {
            Refresh();
            function = Lookup(id);
        }

        return function;
    }

    private QualifiedFunction? Lookup(string id) =>
        _byId.TryGetValue(id, out var at) && _functions.Resolve(at.AccountId, at.Name, at.Qualifier) is { Settings.Url: { } url } function && url.Id == id
            ? function
            : null;

    private void Refresh()
    {
        lock (_lock)
        {
            var changes = Volatile.Read(ref _changes);
            if (_seen == changes)
            {
                return;
            }

            _byId = _functions.All.SelectMany(static function => Of(function.State)).ToFrozenDictionary(static each => each.Id, static each => each.At, StringComparer.Ordinal);
            Volatile.Write(ref _seen, changes);
        }
    }

    private static IEnumerable<(string Id, (string AccountId, string Name, string? Qualifier) At)> Of(FunctionState state)
    {
        if (state.Url is { } url)
        {
            yield return (url.Id, (state.AccountId, state.Name, null));
        }

        foreach (var (qualifier, settings) in state.Qualified)
        {
            if (settings.Url is { } qualified)
            {
                yield return (qualified.Id, (state.AccountId, state.Name, qualifier));
            }
        }
    }
}
