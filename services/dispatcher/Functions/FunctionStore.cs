using System.Collections.Concurrent;
using System.Text.Json;
using Glue.Dispatcher.Placement;
using Glue.Foundation.Sqlite;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// All functions: on disk in state.db, and all of them in memory, so that finding one is a dictionary read. A change is durable
/// before it is seen.
/// </summary>
internal sealed class FunctionStore : IFunctionCatalog, IDisposable
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE function(account_id TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY(account_id, name)) WITHOUT ROWID",
    ];

    private readonly SqliteDatabase _database;
    private readonly ICodeStore _code;
    private readonly WorkerPool _workers;
    private readonly string _region;
    private readonly ILogger<FunctionStore> _logger;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, DeployedFunction>> _accounts = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, int> _reserved = new(StringComparer.Ordinal);

    // Changes are rare: one at a time makes compare-and-change and the removal of unused code simple to get right.
    private readonly SemaphoreSlim _changing = new(1);

    public FunctionStore(
        SqliteDatabase database, ICodeStore code, WorkerPool workers, DispatcherOptions options, ILogger<FunctionStore> logger)
    {
        (_database, _code, _workers, _region, _logger) = (database, code, workers, options.Region, logger);
        database.Migrate("dispatcher.functions", Schema);
        foreach (var state in ReadAll(database))
        {
            Of(state.AccountId)[state.Name] = new DeployedFunction(state, _region);
            CountReserved(state.AccountId);
        }

        code.KeepOnly(All.Select(function => function.State.CodeSha256).ToHashSet(StringComparer.Ordinal));
    }

    private IEnumerable<DeployedFunction> All => _accounts.Values.SelectMany(functions => functions.Values);

    public DeployedFunction? Find(string accountId, string name) =>
        _accounts.TryGetValue(accountId, out var functions) && functions.TryGetValue(name, out var function) ? function : null;

    /// <returns>Null when the function or its version or alias does not exist. Only <c>$LATEST</c> does so far.</returns>
    public DeployedFunction? Resolve(string accountId, string name, string? qualifier) =>
        qualifier is null or FunctionReference.Latest ? Find(accountId, name) : null;

    FunctionTarget? IFunctionCatalog.Find(string functionArn) =>
        FunctionReference.TryParse(functionArn, out var reference) && reference.Region == _region && reference.AccountId is { } account &&
        Resolve(account, reference.Name, reference.Qualifier) is { } function
            ? new FunctionTarget(function, reference.Qualifier)
            : null;

    /// <summary>Functions of an account by name, from behind <paramref name="after"/>.</summary>
    public IEnumerable<DeployedFunction> List(string accountId, string? after) =>
        _accounts.TryGetValue(accountId, out var functions)
            ? functions.Values.Where(function => after is null || string.CompareOrdinal(function.State.Name, after) > 0)
                .OrderBy(function => function.State.Name, StringComparer.Ordinal)
            : [];

    /// <summary>What the account's functions have reserved, all together.</summary>
    public int ReservedConcurrency(string accountId) =>
        _reserved.GetValueOrDefault(accountId);

    /// <summary>Bytes of code and number of functions of an account.</summary>
    public (long CodeBytes, int Functions) Usage(string accountId) =>
        _accounts.TryGetValue(accountId, out var functions)
            ? (functions.Values.Sum(function => function.State.CodeSizeBytes), functions.Count)
            : (0, 0);

    /// <summary>
    /// Makes, replaces or deletes a function: <paramref name="change"/> sees it as it is (null: absent), with all other changes
    /// waiting, and returns what it becomes (null: deleted; the same: nothing changed), or throws and nothing changes.
    /// </summary>
    /// <param name="accountId">The owner.</param>
    /// <param name="name">The bare name.</param>
    /// <param name="zip">New code, kept before the change is; the change receives its CodeSha256.</param>
    /// <param name="change">Must be quick and do no I/O.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    public async Task<DeployedFunction?> ChangeAsync(
        string accountId,
        string name,
        ReadOnlyMemory<byte>? zip,
        Func<DeployedFunction?, string?, FunctionState?> change,
        CancellationToken cancellationToken)
    {
        DeployedFunction? before, after;
        await _changing.WaitAsync(cancellationToken);
        try
        {
            before = Find(accountId, name);
            var sha256 = zip is { } bytes ? await _code.PutAsync(bytes, cancellationToken) : null;
            try
            {
                var state = change(before, sha256);
                if (ReferenceEquals(state, before?.State))
                {
                    return before;
                }

                after = state is null ? null : new DeployedFunction(state, _region);
                await SaveAsync(accountId, name, state);
                Show(accountId, name, after);
            }
            finally
            {
                RemoveUnused(sha256, before?.State.CodeSha256);
            }
        }
        finally
        {
            _changing.Release();
        }

        if (before is not null && before.State.RevisionId != after?.State.RevisionId)
        {
            await RetireAsync(before);
        }

        if (after is not null && before?.State.RevisionId != after.State.RevisionId)
        {
            foreach (var worker in _workers.All)
            {
                worker.Prepare(after.Latest);
            }
        }

        return after;
    }

    public void Dispose() => _changing.Dispose();

    private static List<FunctionState> ReadAll(SqliteDatabase database) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT document FROM function";
        using var row = command.ExecuteReader();
        var states = new List<FunctionState>();
        while (row.Read())
        {
            states.Add(JsonSerializer.Deserialize(row.GetString(0), FunctionJson.Default.FunctionState)!);
        }

        return states;
    });

    private Task SaveAsync(string accountId, string name, FunctionState? state) => _database.WriteAsync(write =>
    {
        if (state is null)
        {
            write.Prepared("DELETE FROM function WHERE account_id=$account AND name=$name")
                .With("$account", accountId).With("$name", name).ExecuteNonQuery();
        }
        else
        {
            write.Prepared("INSERT INTO function VALUES($account, $name, $document) ON CONFLICT DO UPDATE SET document=excluded.document")
                .With("$account", accountId).With("$name", name)
                .With("$document", JsonSerializer.Serialize(state, FunctionJson.Default.FunctionState)).ExecuteNonQuery();
        }
    });

    private void Show(string accountId, string name, DeployedFunction? function)
    {
        if (function is null)
        {
            Of(accountId).TryRemove(name, out _);
            CountReserved(accountId);
            Log.Deleted(_logger, name, accountId);
        }
        else
        {
            Of(accountId)[name] = function;
            CountReserved(accountId);
            Log.Deployed(_logger, name, accountId, function.State.RevisionId);
        }
    }

    /// <summary>Asked for every invocation, changed nearly never.</summary>
    private void CountReserved(string accountId) => _reserved[accountId] = Of(accountId).Values.Sum(function => function.State.ReservedConcurrency ?? 0);

    private void RemoveUnused(params ReadOnlySpan<string?> candidates)
    {
        foreach (var sha256 in candidates)
        {
            if (sha256 is not null && !All.Any(function => function.State.CodeSha256 == sha256))
            {
                _code.Remove(sha256);
            }
        }
    }

    /// <summary>Not the caller's to cancel: the change is made.</summary>
    private async Task RetireAsync(DeployedFunction function)
    {
        foreach (var worker in _workers.All)
        {
            try
            {
                await worker.RetireAsync(function.Arn, CancellationToken.None);
            }
            catch (Exception e)
            {
                // The change itself stands: sandboxes are keyed by revision, so none of the old ones is used for the new.
                Log.RetireFailed(_logger, function.Arn, worker.Id, e);
            }
        }
    }

    private ConcurrentDictionary<string, DeployedFunction> Of(string accountId) =>
        _accounts.GetOrAdd(accountId, static _ => new ConcurrentDictionary<string, DeployedFunction>(StringComparer.Ordinal));
}
