using Glue.Dispatcher.Queue;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Ledger;

/// <summary>
/// One listing, newest first, read no further than its limit: through the index of each function, or block by block through that of the objects
/// (<see cref="QueueSchema.BlockRows"/>), and merged.
/// </summary>
/// <param name="connection">Reading.</param>
/// <param name="query">What is asked.</param>
/// <param name="running">Entries that are leased.</param>
internal sealed class LedgerSearch(SqliteConnection connection, LedgerQuery query, IReadOnlyCollection<long> running)
{
    // So many waiting entries of a function are sorted; of more, the newest rows are looked through, which are mostly waiting ones then.
    private const int FewWaiting = 10_000;

    public IReadOnlyList<LedgerEntry> Run(string select, Func<SqliteDataReader, LedgerEntry> read)
    {
        var found = query switch
        {
            { State: InvocationState.Running } => Rows(select, "l.seq IN (SELECT value FROM json_each($running))", read),
            { Bucket: { } bucket } => ByObject(select, bucket, read),
            _ => Functions().SelectMany(function => ByFunction(select, function, read)).ToList(),
        };
        return [.. found.OrderByDescending(static entry => entry.Number).Take(query.Limit)];
    }

    private List<LedgerEntry> ByFunction(string select, long function, Func<SqliteDataReader, LedgerEntry> read)
    {
        var where = "l.function=" + function;
        if (query.State == InvocationState.Queued && Waiting(function) is { } few)
        {
            where += " AND l.seq IN (" + few + ")";
        }

        return Rows(select, where, read);
    }

    private List<LedgerEntry> ByObject(string select, string bucket, Func<SqliteDataReader, LedgerEntry> read)
    {
        var first = query.ObjectKey is { } key ? KeyHash.OfObject(bucket, key) : KeyHash.FirstOfBucket(bucket);
        var last = query.ObjectKey is null ? first | KeyHash.ObjectBits : first;
        var (oldest, newest) = Ends();
        var found = new List<LedgerEntry>();
        for (var block = newest >> QueueSchema.BlockBits; block >= oldest >> QueueSchema.BlockBits && found.Count < query.Limit; block--)
        {
            found.AddRange(Rows(
                select, $"l.seq >> {QueueSchema.BlockBits} = {block} AND l.object_hash BETWEEN {first} AND {last} AND l.object_hash IS NOT NULL", read));
        }

        return found;
    }

    private List<LedgerEntry> Rows(string select, string where, Func<SqliteDataReader, LedgerEntry> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"{select} WHERE {where} AND f.account_id=$account{Filters()} ORDER BY l.seq DESC LIMIT $limit";
        command.With("$account", query.AccountId).With("$limit", query.Limit).With("$function", query.FunctionName).With("$bucket", query.Bucket)
            .With("$key", query.ObjectKey).With("$before", query.Before).With("$running", "[" + string.Join(',', running) + "]");
        using var row = command.ExecuteReader();
        var entries = new List<LedgerEntry>();
        while (row.Read())
        {
            entries.Add(read(row));
        }

        return entries;
    }

    private string Filters()
    {
        var state = query.State switch
        {
            InvocationState.Queued => " AND l.state<2 AND l.function_errors=0 AND l.seq NOT IN (SELECT value FROM json_each($running))",
            InvocationState.Failed => " AND l.state<2 AND l.function_errors>0 AND l.seq NOT IN (SELECT value FROM json_each($running))",
            InvocationState.Running => " AND l.state<2",
            InvocationState.Succeeded => " AND l.state=2",
            InvocationState.Dead => " AND l.state=3",
            _ => "",
        };
        return state
            + (query.FunctionName is null ? "" : " AND f.name=$function")
            + (query.Bucket is null ? "" : " AND l.bucket=$bucket")
            + (query.ObjectKey is null ? "" : " AND l.object_key=$key")
            + (query.Before is null ? "" : " AND l.seq<$before");
    }

    private List<long> Functions()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number FROM queue_function WHERE account_id=$account" + (query.FunctionName is null ? "" : " AND name=$function");
        using var row = command.With("$account", query.AccountId).With("$function", query.FunctionName).ExecuteReader();
        var numbers = new List<long>();
        while (row.Read())
        {
            numbers.Add(row.GetInt64(0));
        }

        return numbers;
    }

    /// <returns>Null: there are many.</returns>
    private string? Waiting(long function)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT seq FROM ledger INDEXED BY queue_due WHERE function={function} AND state=0
            UNION ALL
            SELECT seq FROM ledger INDEXED BY queue_key WHERE function={function} AND state<2 AND order_hash IS NOT NULL AND state=1
            LIMIT {FewWaiting}
            """;
        using var row = command.ExecuteReader();
        var entries = new List<long>();
        while (row.Read())
        {
            entries.Add(row.GetInt64(0));
        }

        return entries.Count == FewWaiting ? null : string.Join(',', entries);
    }

    private (long Oldest, long Newest) Ends()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce((SELECT min(seq) FROM ledger), 0), coalesce((SELECT max(seq) FROM ledger), -1)";
        using var row = command.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), Math.Min(row.GetInt64(1), (query.Before ?? long.MaxValue) - 1));
    }
}
