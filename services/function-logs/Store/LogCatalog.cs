using System.Globalization;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.FunctionLogs.Store;

/// <summary>Groups and streams of logs.db. An account sees and changes its own only.</summary>
internal sealed class LogCatalog(LogStore store, TimeProvider time)
{
    private const string GroupColumns = "id, name, created_ms, retention_days, (SELECT coalesce(sum(bytes), 0) FROM log_stream WHERE group_id=log_group.id)";
    private const string StreamColumns = "id, name, created_ms, first_event_ms, last_event_ms, last_ingestion_ms";

    private readonly SqliteDatabase _database = store.Database;

    /// <summary>Makes the group when it is missing.</summary>
    /// <returns>Its id.</returns>
    public static long Group(SqliteWrite write, string accountId, string name, long nowMs)
    {
        const string find = "SELECT id FROM log_group WHERE account=$account AND name=$name";
        if (write.Prepared(find).With("$account", accountId).With("$name", name).ExecuteScalar() is long id)
        {
            return id;
        }

        return (long)write.Prepared("INSERT INTO log_group(account, name, created_ms) VALUES($account, $name, $now) RETURNING id")
            .With("$account", accountId).With("$name", name).With("$now", nowMs).ExecuteScalar()!;
    }

    /// <summary>Makes the stream when it is missing.</summary>
    /// <returns>Its id.</returns>
    public static long Stream(SqliteWrite write, long groupId, string name, long nowMs)
    {
        if (write.Prepared("SELECT id FROM log_stream WHERE group_id=$group AND name=$name").With("$group", groupId).With("$name", name).ExecuteScalar() is long id)
        {
            return id;
        }

        return (long)write.Prepared("INSERT INTO log_stream(group_id, name, created_ms) VALUES($group, $name, $now) RETURNING id")
            .With("$group", groupId).With("$name", name).With("$now", nowMs).ExecuteScalar()!;
    }

    public LogGroup? FindGroup(string accountId, string name) => Groups(
        $"SELECT {GroupColumns} FROM log_group WHERE account=$account AND name=$name",
        command => command.With("$account", accountId).With("$name", name)).SingleOrDefault();

    /// <summary>By name, after a name.</summary>
    /// <param name="accountId">Whose.</param>
    /// <param name="prefix">Null: any.</param>
    /// <param name="part">Somewhere in the name, whatever its case; null: any.</param>
    /// <param name="after">Null: from the first.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<LogGroup> ListGroups(string accountId, string? prefix, string? part, string? after, int limit) => Groups(
        $"""
        SELECT {GroupColumns} FROM log_group WHERE account=$account AND name>$after AND substr(name, 1, length($prefix))=$prefix
          AND instr(lower(name), lower($part))>0 ORDER BY name LIMIT $limit
        """,
        command => command.With("$account", accountId).With("$after", after ?? "").With("$prefix", prefix ?? "").With("$part", part ?? "").With("$limit", limit));

    public LogStream? FindStream(long groupId, string name) => Streams(
        $"SELECT {StreamColumns} FROM log_stream WHERE group_id=$group AND name=$name",
        command => command.With("$group", groupId).With("$name", name)).SingleOrDefault();

    /// <summary>By name, or by the time of the last event.</summary>
    public IReadOnlyList<LogStream> ListStreams(long groupId, string? prefix, bool byTime, bool descending, (long TimeMs, string Name)? after, int limit)
    {
        const string lastMs = "coalesce(last_event_ms, created_ms)";
        var (than, order) = descending ? ("<", "DESC") : (">", "ASC");
        var key = byTime ? $"({lastMs}, name)" : "name";
        var ordered = byTime ? $"{lastMs} {order}, name {order}" : $"name {order}";
        var from = after is null ? "" : byTime ? $"AND {key} {than} ($time, $name)" : $"AND {key} {than} $name";
        return Streams(
            $"SELECT {StreamColumns} FROM log_stream WHERE group_id=$group AND substr(name, 1, length($prefix))=$prefix {from} ORDER BY {ordered} LIMIT $limit",
            command =>
            {
                command.With("$group", groupId).With("$prefix", prefix ?? "").With("$limit", limit);
                if (after is { } last)
                {
                    command.With("$name", last.Name).With("$time", last.TimeMs);
                }
            });
    }

    /// <summary>Names of streams; those that are gone are missing.</summary>
    public IReadOnlyDictionary<long, string> StreamNames(IReadOnlyCollection<long> ids) => Query(
        "SELECT id, name FROM log_stream WHERE id IN (SELECT value FROM json_each($ids))",
        command => command.With("$ids", $"[{string.Join(',', ids)}]"),
        static row => KeyValuePair.Create(row.GetInt64(0), row.GetString(1))).ToDictionary();

    /// <returns>False: it was there.</returns>
    public Task<bool> CreateGroupAsync(string accountId, string name) => _database.WriteAsync(write => write.Prepared(
            "INSERT INTO log_group(account, name, created_ms) VALUES($account, $name, $now) ON CONFLICT DO NOTHING")
        .With("$account", accountId).With("$name", name).With("$now", NowMs).ExecuteNonQuery() > 0);

    /// <returns>False: it was there.</returns>
    public Task<bool> CreateStreamAsync(long groupId, string name) => _database.WriteAsync(write => write.Prepared(
            "INSERT INTO log_stream(group_id, name, created_ms) VALUES($group, $name, $now) ON CONFLICT DO NOTHING")
        .With("$group", groupId).With("$name", name).With("$now", NowMs).ExecuteNonQuery() > 0);

    /// <summary>Null days: no policy of its own.</summary>
    public Task SetRetentionAsync(long groupId, int? days) => _database.WriteAsync(write => write.Prepared(
        "UPDATE log_group SET retention_days=$days WHERE id=$id").With("$days", days).With("$id", groupId).ExecuteNonQuery());

    /// <summary>Removes a group with all its lines, in steps that let others write between them.</summary>
    public async Task DeleteGroupAsync(long groupId)
    {
        await RemoveChunksAsync("group_id", groupId);
        await _database.WriteAsync(write =>
        {
            // A sandbox may have written since: what it wrote goes with the group, as at AWS.
            store.Forget(write, "group_id", groupId);
            write.Prepared("DELETE FROM log_chunk WHERE group_id=$id").With("$id", groupId).ExecuteNonQuery();
            write.Prepared("DELETE FROM log_stream WHERE group_id=$id").With("$id", groupId).ExecuteNonQuery();
            write.Prepared("DELETE FROM log_group WHERE id=$id").With("$id", groupId).ExecuteNonQuery();
        });
    }

    public async Task DeleteStreamAsync(long streamId)
    {
        await RemoveChunksAsync("stream_id", streamId);
        await _database.WriteAsync(write =>
        {
            store.Forget(write, "id", streamId);
            write.Prepared("DELETE FROM log_chunk WHERE stream_id=$id").With("$id", streamId).ExecuteNonQuery();
            write.Prepared("DELETE FROM log_stream WHERE id=$id").With("$id", streamId).ExecuteNonQuery();
        });
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task RemoveChunksAsync(string column, long id)
    {
        var chunks = string.Create(CultureInfo.InvariantCulture, $"SELECT id FROM log_chunk WHERE {column}=$id LIMIT 256");
        while (await store.RemoveAsync(chunks, command => command.With("$id", id)) > 0)
        {
            // until none is left
        }
    }

    private List<LogGroup> Groups(string sql, Action<SqliteCommand> parameters) => Query(sql, parameters, static row => new LogGroup(
        row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt32(3), row.GetInt64(4)));

    private List<LogStream> Streams(string sql, Action<SqliteCommand> parameters) => Query(sql, parameters, static row => new LogStream(
        row.GetInt64(0), row.GetString(1), row.GetInt64(2),
        row.IsDBNull(3) ? null : row.GetInt64(3), row.IsDBNull(4) ? null : row.GetInt64(4), row.IsDBNull(5) ? null : row.GetInt64(5)));

    private List<T> Query<T>(string sql, Action<SqliteCommand> parameters, Func<SqliteDataReader, T> read) => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        parameters(command);
        using var row = command.ExecuteReader();
        var found = new List<T>();
        while (row.Read())
        {
            found.Add(read(row));
        }

        return found;
    });
}
