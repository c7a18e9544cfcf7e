using Glue.FunctionLogs.Appending;
using Microsoft.Data.Sqlite;

namespace Glue.FunctionLogs.Store;

/// <summary>
/// Reads lines of several streams in the order of their time: chunks come from the index in the order in which they begin, and those
/// that overlap are merged. Holds the overlapping chunks in memory, nothing else.
/// </summary>
internal sealed class LogReader(LogStore store)
{
    // One answer's size, as AWS's.
    private const int MaxPageBytes = 1024 * 1024;

    // What a page may look through to find little: then it ends with a token, and its caller has heard something.
    private const int MaxSearchedBytes = 64 * 1024 * 1024;

    private static readonly long SpanMs = (long)LogStore.MaxChunkSpan.TotalMilliseconds;

    public LogPage Read(LogScan scan) => store.Database.Read(connection =>
    {
        using var command = Chunks(connection, scan);
        using var body = connection.CreateCommand();
        body.CommandText = "SELECT body FROM log_chunk WHERE id=$id";
        using var rows = command.ExecuteReader();
        return Merge(scan, rows, body);
    });

    private static LogPage Merge(LogScan scan, SqliteDataReader rows, SqliteCommand body)
    {
        var open = new PriorityQueue<ChunkCursor, LogPosition>(
            scan.IsBackward ? Comparer<LogPosition>.Create(static (one, other) => other.CompareTo(one)) : null);
        var found = new List<LogLine>();
        var (pageBytes, searchedBytes) = (0, 0L);
        LogPosition? last = null;
        var hasRow = rows.Read();
        while (true)
        {
            // Every chunk that may hold the next line.
            while (hasRow && (!open.TryPeek(out _, out var next) || (scan.IsBackward ? rows.GetInt64(3) >= next.TimeMs : rows.GetInt64(2) <= next.TimeMs)))
            {
                if (IsWanted(scan, rows) && ChunkCursor.Open(rows, body, scan) is { } cursor)
                {
                    open.Enqueue(cursor, cursor.Position);
                }

                hasRow = rows.Read();
            }

            if (!open.TryPeek(out var chunk, out var position))
            {
                return new LogPage(found, null);
            }

            if (found.Count == scan.Limit || pageBytes >= MaxPageBytes || searchedBytes >= MaxSearchedBytes)
            {
                return new LogPage(found, last);
            }

            last = position;
            searchedBytes += chunk.Line.Length;
            if (scan.Filter.Matches(chunk.Line.Span))
            {
                found.Add(new LogLine(position, chunk.StreamId, chunk.IngestedMs, chunk.Line));
                pageBytes += chunk.Line.Length + 26; // AWS's overhead per event
            }

            open.Dequeue();
            if (chunk.MoveNext(scan))
            {
                open.Enqueue(chunk, chunk.Position);
            }
        }
    }

    private static bool IsWanted(LogScan scan, SqliteDataReader rows) =>
        rows.GetInt64(3) >= scan.StartMs && rows.GetInt64(2) < scan.EndMs && (scan.StreamIds is null || scan.StreamIds.Contains(rows.GetInt64(1)));

    /// <summary>Forward in the order of first lines, backward in the order of last ones.</summary>
    private static SqliteCommand Chunks(SqliteConnection connection, LogScan scan)
    {
        var (from, to) = scan.IsBackward
            ? (scan.StartMs, Math.Min(scan.EndMs, scan.After?.TimeMs ?? long.MaxValue))
            : (Math.Max(scan.StartMs, scan.After?.TimeMs ?? 0), scan.EndMs);
        var time = scan.IsBackward ? "last_ms" : "first_ms";
        var command = connection.CreateCommand();

        // One stream has an index of its own for each order. Several are looked up by their group, which has one for the first order.
        var owner = scan.StreamIds is { Count: 1 } ? "stream_id" : "group_id";
        command.CommandText = $"""
            SELECT id, stream_id, first_ms, last_ms, ingested_ms FROM log_chunk
            WHERE {owner}=$owner AND {time}>=$from AND {time}<=$to ORDER BY {time} {(scan.IsBackward ? "DESC" : "ASC")}
            """;
        command.Parameters.AddWithValue("$owner", scan.StreamIds is { Count: 1 } only ? only.Single() : scan.GroupId);
        command.Parameters.AddWithValue("$from", scan.IsBackward ? from : from - SpanMs);
        command.Parameters.AddWithValue("$to", scan.IsBackward ? to > long.MaxValue - SpanMs ? long.MaxValue : to + SpanMs : to);
        return command;
    }

    /// <summary>A chunk being read, at one of its lines.</summary>
    private sealed class ChunkCursor
    {
        private readonly long _chunk;
        private readonly List<(long TimeMs, ReadOnlyMemory<byte> Line)> _lines;
        private readonly int _step;
        private int _at;

        private ChunkCursor(long chunk, long streamId, long ingestedMs, byte[] body, bool isBackward)
        {
            (_chunk, StreamId, IngestedMs, _lines) = (chunk, streamId, ingestedMs, Decode(body));
            (_at, _step) = isBackward ? (_lines.Count, -1) : (-1, 1);
        }

        public long StreamId { get; }

        public long IngestedMs { get; }

        public LogPosition Position => new(_lines[_at].TimeMs, _chunk, _at);

        public ReadOnlyMemory<byte> Line => _lines[_at].Line;

        /// <returns>Null: it holds nothing that is wanted.</returns>
        public static ChunkCursor? Open(SqliteDataReader row, SqliteCommand body, LogScan scan)
        {
            body.Parameters.Clear();
            body.Parameters.AddWithValue("$id", row.GetInt64(0));
            var cursor = new ChunkCursor(row.GetInt64(0), row.GetInt64(1), row.GetInt64(4), (byte[])body.ExecuteScalar()!, scan.IsBackward);
            return cursor.MoveNext(scan) ? cursor : null;
        }

        /// <returns>False: there is no further wanted line.</returns>
        public bool MoveNext(LogScan scan)
        {
            while ((uint)(_at += _step) < (uint)_lines.Count)
            {
                var position = Position;
                if (position.TimeMs >= scan.StartMs && position.TimeMs < scan.EndMs
                    && (scan.After is not { } after || (scan.IsBackward ? position < after : position > after)))
                {
                    return true;
                }
            }

            return false;
        }

        private static List<(long TimeMs, ReadOnlyMemory<byte> Line)> Decode(byte[] body)
        {
            var lines = new List<(long, ReadOnlyMemory<byte>)>();
            ReadOnlySpan<byte> rest = body;
            while (!rest.IsEmpty)
            {
                var line = WaitingLines.Read(ref rest, out var timeMs);
                lines.Add((timeMs, body.AsMemory(body.Length - rest.Length - line.Length, line.Length)));
            }

            return lines;
        }
    }
}
