using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// All functions: on disk in state.db, and all of them in memory, so that finding one is a dictionary read. A change is durable
/// before it is seen.
/// </summary>
internal sealed class FunctionStore : IFunctionCatalog, IDeployedFunctions
{
    private readonly FunctionTable _table;
    private readonly CodeLibrary _library;
    private readonly FunctionRollout _rollout;
    private readonly string _region;
    private readonly ILogger<FunctionStore> _logger;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, DeployedFunction>> _accounts = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, (int Reserved, int SetAside)> _reserved = new(StringComparer.Ordinal);
    private Action<DeployedFunction?, DeployedFunction?> _changed = static (_, _) => { };

    public FunctionStore(FunctionTable table, CodeLibrary library, FunctionRollout rollout, DispatcherOptions options, ILogger<FunctionStore> logger)
    {
        (_table, _library, _rollout, _region, _logger) = (table, library, rollout, options.Region, logger);
        foreach (var (state, versions) in table.ReadAll())
        {
            var function = new DeployedFunction(state, PublishedVersions.Of(versions), _region);
            Of(state.AccountId)[state.Name] = function;
            CountReserved(state.AccountId, null, function);
            library.Load(function.CodeInUse);
        }
    }

    public IEnumerable<DeployedFunction> All => _accounts.Values.SelectMany(functions => functions.Values);

    /// <summary>
    /// Calls <paramref name="tell"/> after every change, once it is durable and seen, with the function as it was and as it is; one change at a time, so it must
    /// be quick.
    /// </summary>
    public void WhenChanged(Action<DeployedFunction?, DeployedFunction?> tell) => _changed += tell;

    public DeployedFunction? Find(string accountId, string name) =>
        _accounts.TryGetValue(accountId, out var functions) && functions.TryGetValue(name, out var function) ? function : null;

    public QualifiedFunction? Resolve(string accountId, string name, string? qualifier) => Find(accountId, name)?.Resolve(qualifier);

    FunctionTarget? IFunctionCatalog.Find(string functionArn) =>
        FunctionReference.TryParse(functionArn, out var reference) && reference.Region == _region && reference.AccountId is { } account &&
        Resolve(account, reference.Name, reference.Qualifier) is { } function
            ? new FunctionTarget(function)
            : null;

    /// <summary>Functions of an account by name, from behind <paramref name="after"/>.</summary>
    public IEnumerable<DeployedFunction> List(string accountId, string? after) =>
        _accounts.TryGetValue(accountId, out var functions)
            ? functions.Values.Where(function => after is null || string.CompareOrdinal(function.State.Name, after) > 0)
                .OrderBy(function => function.State.Name, StringComparer.Ordinal)
            : [];

    /// <summary>What the account's functions have reserved, all together.</summary>
    public int ReservedConcurrency(string accountId) =>
        _reserved.GetValueOrDefault(accountId).Reserved;

    /// <summary>What its other functions cannot use: what is reserved and, for functions with nothing reserved, provisioned.</summary>
    public int SetAsideConcurrency(string accountId) =>
        _reserved.GetValueOrDefault(accountId).SetAside;

    /// <summary>Bytes of code, of all versions, and number of functions of an account.</summary>
    public (long CodeBytes, int Functions) Usage(string accountId) =>
        _accounts.TryGetValue(accountId, out var functions)
            ? (functions.Values.Sum(static function => function.State.CodeSizeBytes + function.Versions.Sum(static version => version.CodeSizeBytes)), functions.Count)
            : (0, 0);

    /// <summary>The highest number that a version of that name ever had; 0: none.</summary>
    public int LastVersion(string accountId, string name) => _table.LastVersion(accountId, name);

    /// <summary><see cref="ChangeVersionsAsync"/> for a change that touches no published version; null deletes.</summary>
    public Task<DeployedFunction?> ChangeAsync(
        string accountId,
        string name,
        ReadOnlyMemory<byte>? zip,
        Func<DeployedFunction?, string?, FunctionState?> change,
        CancellationToken cancellationToken) =>
        ChangeVersionsAsync(accountId, name, zip, (before, sha256) => new FunctionChange(change(before, sha256)), cancellationToken);

    /// <summary>
    /// Makes, replaces or deletes a function: <paramref name="change"/> sees it as it is (null: absent), with all other changes
    /// waiting, and returns what it becomes (the same state and no version: nothing changed), or throws and nothing changes.
    /// </summary>
    /// <param name="accountId">The owner.</param>
    /// <param name="name">The bare name.</param>
    /// <param name="zip">New code, kept before the change is; the change receives its CodeSha256.</param>
    /// <param name="change">Must be quick and do no I/O, but to ask for <see cref="LastVersion"/>, which is still right when its change is kept.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    public async Task<DeployedFunction?> ChangeVersionsAsync(
        string accountId,
        string name,
        ReadOnlyMemory<byte>? zip,
        Func<DeployedFunction?, string?, FunctionChange> change,
        CancellationToken cancellationToken)
    {
        var (before, after, made) = await _library.ChangeAsync<(DeployedFunction? Before, DeployedFunction? After, FunctionChange Change)>(
            zip,
            async sha256 =>
            {
                var existing = Find(accountId, name);
                var wanted = change(existing, sha256);
                if (ReferenceEquals(wanted.State, existing?.State) && wanted is { Published: null, Removed: null })
                {
                    return ((existing, existing, wanted), CodeReferences.Unchanged);
                }

                await _table.SaveAsync(accountId, name, wanted);
                var changed = wanted.State is { } state ? new DeployedFunction(state, Versions(existing, wanted), _region) : null;
                Show(accountId, name, existing, changed);
                return ((existing, changed, wanted), CodeReferences.Of(existing, changed, wanted));
            },
            made =>
            {
                if (!ReferenceEquals(made.Before, made.After))
                {
                    _changed(made.Before, made.After);
                }
            },
            cancellationToken);
        if (!ReferenceEquals(before, after))
        {
            await _rollout.TellAsync(before, after, made); // when the plan knows: what is gone must not be provisioned again
        }

        return after;
    }

    private static PublishedVersions Versions(DeployedFunction? existing, FunctionChange change)
    {
        var versions = existing?.Versions ?? PublishedVersions.None;
        versions = change.Removed is { } removed ? versions.Without(removed) : versions;
        return change.Published is { } published ? versions.With(published) : versions;
    }

    private void Show(string accountId, string name, DeployedFunction? before, DeployedFunction? after)
    {
        CountReserved(accountId, before, after);
        if (after is null)
        {
            Of(accountId).TryRemove(name, out _);
            Log.Deleted(_logger, name, accountId);
        }
        else
        {
            Of(accountId)[name] = after;
            Log.Deployed(_logger, name, accountId, after.State.RevisionId);
        }
    }

    /// <summary>Asked for every invocation, changed nearly never.</summary>
    private void CountReserved(string accountId, DeployedFunction? before, DeployedFunction? after)
    {
        var (reserved, setAside) = _reserved.GetValueOrDefault(accountId);
        _reserved[accountId] = (
            reserved + (after?.State.ReservedConcurrency ?? 0) - (before?.State.ReservedConcurrency ?? 0),
            setAside + (after?.State.SetAsideConcurrency ?? 0) - (before?.State.SetAsideConcurrency ?? 0));
    }

    private ConcurrentDictionary<string, DeployedFunction> Of(string accountId) =>
        _accounts.GetOrAdd(accountId, static _ => new ConcurrentDictionary<string, DeployedFunction>(StringComparer.Ordinal));
}
