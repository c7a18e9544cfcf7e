using System.Text.Json;
using Glue.Foundation.Hosting;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.StorageEvents.Replays;

/// <summary>Replays and how far they are.</summary>
internal sealed class ReplayStore
{
    private const string Tables = """
        CREATE TABLE replay(
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL);
        """;

    /// <summary>Replays of one account that may run at the same time, taking turns; stopped ones do not count.</summary>
    public const int MaxRunning = 10;

    private const int Listed = 100;

    private readonly SqliteDatabase _database;
    private readonly Signal _started = new();

    public ReplayStore(SqliteDatabase database)
    {
        _database = database;
        database.Migrate("replays", Tables);
    }

    /// <summary>Completes when one was added or resumed.</summary>
    public Task Started => _started.Next;

    /// <returns>False: so many of the account run already (<see cref="MaxRunning"/>).</returns>
    public async Task<bool> AddAsync(Replay replay, CancellationToken cancellationToken)
    {
        var added = await _database.WriteAsync(
            write => MayRunMore(write, replay.AccountId) && write.Prepared("INSERT INTO replay(id,account_id,status,body) VALUES($id,$account,$status,$body)")
                .With("$id", replay.Id).With("$account", replay.AccountId).With("$status", (int)ReplayStatus.Running).With("$body", ToBody(replay))
                .ExecuteNonQuery() == 1,
            cancellationToken);
        _started.Set();
        return added;
    }

    /// <summary>Those that are to run, the oldest first.</summary>
    public IReadOnlyList<Replay> Running() => [.. Query("status=0 ORDER BY number", static _ => { }).Select(static found => found.Replay)];

    public (Replay Replay, ReplayStatus Status)? Find(string accountId, string id) =>
        Query("account_id=$account AND id=$id", command => command.With("$account", accountId).With("$id", id)) is [var found] ? found : null;

    /// <summary>The newest first.</summary>
    public IReadOnlyList<(Replay Replay, ReplayStatus Status)> List(string accountId) =>
        Query($"account_id=$account ORDER BY number DESC LIMIT {Listed}", command => command.With("$account", accountId));

    /// <summary>Keeps how far a running one is.</summary>
    /// <returns>False: it was stopped meanwhile, and the step is not kept; it would be repeated.</returns>
    public async Task<bool> StepAsync(Replay replay, bool isDone, CancellationToken cancellationToken) => await _database.WriteAsync(
        write => write.Prepared("UPDATE replay SET body=$body, status=$status WHERE id=$id AND status=0")
            .With("$id", replay.Id).With("$body", ToBody(replay)).With("$status", (int)(isDone ? ReplayStatus.Done : ReplayStatus.Running))
            .ExecuteNonQuery(),
        cancellationToken) == 1;

    /// <summary>Stops a running one, or resumes a stopped one.</summary>
    /// <returns>False: it is not in the state for that, or so many run already.</returns>
    public async Task<bool> MoveAsync(string accountId, string id, ReplayStatus from, ReplayStatus to, CancellationToken cancellationToken)
    {
        var moved = await _database.WriteAsync(
            write => (to != ReplayStatus.Running || MayRunMore(write, accountId)) && write.Prepared("UPDATE replay SET status=$to WHERE account_id=$account AND id=$id AND status=$from")
                .With("$account", accountId).With("$id", id).With("$from", (int)from).With("$to", (int)to).ExecuteNonQuery() == 1,
            cancellationToken);
        _started.Set();
        return moved;
    }

    private static bool MayRunMore(SqliteWrite write, string accountId) =>
        (long)write.Prepared("SELECT count(*) FROM replay WHERE account_id=$account AND status=0").With("$account", accountId).ExecuteScalar()! < MaxRunning;

    private static byte[] ToBody(Replay replay) => JsonSerializer.SerializeToUtf8Bytes(replay, ReplayJson.Default.Replay);

    private List<(Replay Replay, ReplayStatus Status)> Query(string where, Action<SqliteCommand> bind) => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT body,status FROM replay WHERE " + where;
        bind(command);
        using var reader = command.ExecuteReader();
        var found = new List<(Replay, ReplayStatus)>();
        while (reader.Read())
        {
            found.Add((JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(0), ReplayJson.Default.Replay)!, (ReplayStatus)reader.GetInt32(1)));
        }

        return found;
    });
}
