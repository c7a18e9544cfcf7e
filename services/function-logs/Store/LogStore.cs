using Glue.Foundation.Sqlite;
using Glue.FunctionLogs.Appending;
using Microsoft.Data.Sqlite;

namespace Glue.FunctionLogs.Store;

/// <summary>
/// logs.db: groups, streams, and chunks. A chunk is a run of one stream's lines in one row, because a row for every line would cost a busy
/// worker more than the lines' functions do. Within a chunk lines are in order of time; it spans no more than
/// <see cref="MaxChunkSpan"/>, so that a reader knows how far before a time the chunks begin that may hold it.
/// </summary>
internal sealed class LogStore
{
    public const int MaxChunkBytes = 128 * 1024;

    /// <summary>From a chunk's first line to its last.</summary>
    public static readonly TimeSpan MaxChunkSpan = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly long _maxTotalBytes;
    private long _totalBytes;

    public LogStore(SqliteDatabase database, FunctionLogsOptions options, TimeProvider time)
    {
        (Database, _time) = (database, time);
        _maxTotalBytes = options.MaxTotalMiB * 1024L * 1024;
        database.Migrate("function-logs", LogSchema.Steps);
        _totalBytes = database.Read(static connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT coalesce(sum(bytes), 0) FROM log_stream";
            return (long)command.ExecuteScalar()!;
        });
    }

    public SqliteDatabase Database { get; }

    /// <summary>Of all lines of all accounts.</summary>
    public long TotalBytes => Interlocked.Read(ref _totalBytes);

    /// <summary>Stores lines in one transaction, making groups and streams that are missing; then removes the oldest if all is too large.</summary>
    /// <returns>How many lines.</returns>
    public async Task<long> AppendAsync(IReadOnlyList<WaitingLines> batch)
    {
        var lines = await Database.WriteAsync(write =>
        {
            var count = 0L;
            foreach (var part in batch)
            {
                count += Append(write, part);
            }

            return count;
        });
        while (TotalBytes > _maxTotalBytes && await RemoveAsync("SELECT id FROM log_chunk ORDER BY id LIMIT 256", static _ => { }) > 0)
        {
            // until it fits
        }

        return lines;
    }

    /// <summary>Removes chunks: what a query of one column, their ids, names.</summary>
    /// <returns>Bytes removed; 0: it named none.</returns>
    public Task<long> RemoveAsync(string chunkIds, Action<SqliteCommand> parameters) => Database.WriteAsync(write =>
    {
        var select = write.Prepared($"SELECT stream_id, sum(bytes) FROM log_chunk WHERE id IN ({chunkIds}) GROUP BY stream_id");
        parameters(select);
        var removed = 0L;
        var streams = new List<(long Id, long Bytes)>();
        using (var row = select.ExecuteReader())
        {
            while (row.Read())
            {
                streams.Add((row.GetInt64(0), row.GetInt64(1)));
                removed += row.GetInt64(1);
            }
        }

        if (streams.Count > 0)
        {
            var delete = write.Prepared($"DELETE FROM log_chunk WHERE id IN ({chunkIds})");
            parameters(delete);
            delete.ExecuteNonQuery();
            streams.ForEach(stream => write.Prepared("UPDATE log_stream SET bytes=bytes-$bytes WHERE id=$id")
                .With("$bytes", stream.Bytes).With("$id", stream.Id).ExecuteNonQuery());
            write.WhenCommitted(() => Interlocked.Add(ref _totalBytes, -removed));
        }

        return removed;
    });

    /// <summary>The caller removes streams in this transaction, with what they still hold.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="column">Of log_stream: which they are.</param>
    /// <param name="id">Its value.</param>
    public void Forget(SqliteWrite write, string column, long id)
    {
        var bytes = (long)write.Prepared($"SELECT coalesce(sum(bytes), 0) FROM log_stream WHERE {column}=$id").With("$id", id).ExecuteScalar()!;
        write.WhenCommitted(() => Interlocked.Add(ref _totalBytes, -bytes));
    }

    private int Append(SqliteWrite write, WaitingLines lines)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var groupId = LogCatalog.Group(write, lines.Stream.AccountId, lines.Stream.Group, nowMs);
        var streamId = LogCatalog.Stream(write, groupId, lines.Stream.Stream, nowMs);
        var count = 0;
        var rest = lines.Bytes;
        while (!rest.IsEmpty)
        {
            var (length, chunkLines, firstMs, lastMs) = NextChunk(rest);
            write.Prepared(
                    "INSERT INTO log_chunk(group_id, stream_id, first_ms, last_ms, ingested_ms, bytes, body) VALUES($group, $stream, $first, $last, $now, $bytes, $body)")
                .With("$group", groupId).With("$stream", streamId).With("$first", firstMs).With("$last", lastMs).With("$now", nowMs)
                .With("$bytes", length).With("$body", rest[..length].ToArray()).ExecuteNonQuery();
            write.Prepared(
                    """
                    UPDATE log_stream SET bytes=bytes+$bytes, last_ingestion_ms=$now,
                      first_event_ms=min(coalesce(first_event_ms, $first), $first), last_event_ms=max(coalesce(last_event_ms, $last), $last) WHERE id=$id
                    """)
                .With("$bytes", length).With("$now", nowMs).With("$first", firstMs).With("$last", lastMs).With("$id", streamId).ExecuteNonQuery();
            write.WhenCommitted(() => Interlocked.Add(ref _totalBytes, length));
            count += chunkLines;
            rest = rest[length..];
        }

        return count;
    }

    private static (int Length, int Lines, long FirstMs, long LastMs) NextChunk(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        WaitingLines.Read(ref rest, out var firstMs);
        var (length, lines, lastMs) = (bytes.Length - rest.Length, 1, firstMs);
        while (!rest.IsEmpty)
        {
            WaitingLines.Read(ref rest, out var timeMs);
            var end = bytes.Length - rest.Length;
            if (end > MaxChunkBytes || timeMs - firstMs > (long)MaxChunkSpan.TotalMilliseconds)
            {
                break;
            }

            (length, lines, lastMs) = (end, lines + 1, timeMs);
        }

        return (length, lines, firstMs, lastMs);
    }
}
