using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Glue.Foundation.Sqlite;

/// <summary>
/// One SQLite file with one writer and many readers. Writes are group-committed: all changes that wait when the writer comes
/// round share one transaction and one fsync (WAL, <c>synchronous=FULL</c>), so a write that returned is on disk and a busy
/// database pays one fsync for many writes. Components sharing a file (the object store and the event log) share the writer,
/// so that one change may touch both atomically.
/// </summary>
public sealed class SqliteDatabase : IAsyncDisposable
{
    // A group larger than this would make the first of it wait longer than a few commits of smaller groups.
    private const int MaxGroup = 512;

    // A group of many rows must fit, or its pages are written twice. Used only by a database that has so much.
    private const int WriterCacheKiB = 16 * 1024;

    // 16 MiB of WAL: a page that many commits change is carried over once, and the file is read through quickly after a crash.
    private const int CheckpointPages = 4096;

    private readonly string _connectionString;
    private readonly SqliteConnection _writer;
    private readonly SqliteWrite _write;
    private readonly ConcurrentBag<SqliteStatements> _readers = [];
    private readonly Channel<PendingWrite> _pending =
        Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(8192) { SingleReader = true });

    private readonly Thread _writerThread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SqliteDatabase(string path)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
        }.ToString();
        _writer = OpenConnection(
            $"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-{WriterCacheKiB}; "
            + $"PRAGMA wal_autocheckpoint={CheckpointPages}; PRAGMA secure_delete=FAST;");
        _write = new SqliteWrite(_writer);
        _writerThread = new Thread(WriteLoop) { IsBackground = true, Name = $"sqlite {System.IO.Path.GetFileName(path)}" };
        _writerThread.Start();
    }

    public string Path { get; }

    /// <summary>Opens the file, making it and its folder when missing.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
    public static SqliteDatabase Open(string path)
    {
        NativeSqlite.Use();
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        return new SqliteDatabase(path);
    }

    /// <summary>
    /// Brings one component's tables to its newest shape. Steps are numbered by their position and each runs once per file,
    /// ever: append, never edit.
    /// </summary>
    public void Migrate(string component, params ReadOnlySpan<string> steps)
    {
        var all = steps.ToArray();
        WriteAsync(write =>
        {
            Execute(write, "CREATE TABLE IF NOT EXISTS schema_version(component TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
            var read = write.Prepared("SELECT version FROM schema_version WHERE component=$component").With("$component", component);
            var version = Convert.ToInt32(read.ExecuteScalar() ?? 0, System.Globalization.CultureInfo.InvariantCulture);
            if (version > all.Length)
            {
                throw new InvalidOperationException(
                    $"{Path} was written by a newer Glue ({component} is at step {version}, this program knows {all.Length}). Run that version, or another --data folder.");
            }

            for (var step = version; step < all.Length; step++)
            {
                Execute(write, all[step]);
            }

            write.Prepared("INSERT INTO schema_version VALUES($component,$version) ON CONFLICT DO UPDATE SET version=$version")
                .With("$component", component).With("$version", all.Length).ExecuteNonQuery();
            return true;
        }).GetAwaiter().GetResult(); // start-up only, on the composing thread
    }

    /// <summary>
    /// Runs <paramref name="change"/> on the writer thread inside the current group and returns once it is on disk. A change that
    /// throws is undone alone; its neighbours commit. Changes must be short and do no other I/O.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<SqliteWrite, T> change, CancellationToken cancellationToken = default)
    {
        var pending = new PendingWrite<T>(change);
        await _pending.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Task;
    }

    /// <summary><see cref="WriteAsync{T}"/> without a result.</summary>
    public Task WriteAsync(Action<SqliteWrite> change, CancellationToken cancellationToken = default) =>
        WriteAsync(write => { change(write); return true; }, cancellationToken);

    /// <summary>Runs <paramref name="query"/> on a reading connection: sees the last commit, never waits for the writer.</summary>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Query(statements => query(statements.Connection));
    }

    /// <summary><see cref="Read{T}"/> with kept statements, for hot paths.</summary>
    public T Query<T>(Func<SqliteStatements, T> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!_readers.TryTake(out var reader))
        {
            reader = new SqliteStatements(OpenConnection("PRAGMA query_only=ON;"));
        }

        try
        {
            return query(reader);
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        await _stopped.Task;
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
            reader.Connection.Dispose();
        }

        _write.Statements.Dispose();
        _writer.Dispose();
    }

    private static void Execute(SqliteWrite write, string sql)
    {
        using var command = write.Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection OpenConnection(string pragmas)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY; " + pragmas;
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void WriteLoop()
    {
        var group = new List<PendingWrite>(MaxGroup);
        try
        {
            // Blocking is right here: this thread exists to wait for SQLite.
            while (_pending.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (group.Count < MaxGroup && _pending.Reader.TryRead(out var pending))
                {
                    group.Add(pending);
                }

                Commit(group);
                group.Clear();
            }
        }
        finally
        {
            _stopped.TrySetResult();
        }
    }

    /// <remarks>
    /// Transactions are plain statements here, not <see cref="SqliteTransaction"/>: when the disk is full SQLite ends a transaction by
    /// itself, and that class then fails its rollback and keeps the connection "in a transaction" for ever.
    /// </remarks>
    private void Commit(List<PendingWrite> group)
    {
        try
        {
            Execute("BEGIN IMMEDIATE");
            foreach (var pending in group)
            {
                // Alone in its group a change needs no savepoint: its failure undoes the transaction itself.
                if (group.Count > 1)
                {
                    Execute("SAVEPOINT change");
                }

                var actions = _write.WaitingActions;
                if (pending.Run(_write))
                {
                    if (group.Count > 1)
                    {
                        Execute("RELEASE change");
                    }
                }
                else if (!IsInTransaction)
                {
                    // Disk full, I/O error: SQLite has undone the whole transaction by itself, neighbours included.
                    pending.ThrowFailure();
                }
                else if (group.Count > 1)
                {
                    Execute("ROLLBACK TO change");
                    Execute("RELEASE change");
                    _write.DropActionsFrom(actions);
                }
                else
                {
                    Execute("ROLLBACK");
                    _write.DropActionsFrom(0);
                    pending.Settle(null);
                    return;
                }
            }

            Execute("COMMIT");
        }
        catch (Exception e)
        {
            // Disk full, I/O error: nothing of the group is on disk, and every caller hears it.
            if (IsInTransaction)
            {
                Execute("ROLLBACK"); // cannot fail: it writes nothing, and there is something to undo
            }

            _write.DropActionsFrom(0);
            foreach (var pending in group)
            {
                pending.Settle(e);
            }

            return;
        }

        _write.RunActions();
        foreach (var pending in group)
        {
            pending.Settle(null);
        }
    }

    private bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_writer.Handle) == 0;

    private void Execute(string sql) => _write.Statements[sql].Run();

    private abstract class PendingWrite
    {
        /// <summary>False: it threw, and its part must be undone.</summary>
        public abstract bool Run(SqliteWrite write);

        /// <summary>Throws what <see cref="Run"/> caught.</summary>
        public abstract void ThrowFailure();

        public abstract void Settle(Exception? commitFailure);
    }

    private sealed class PendingWrite<T>(Func<SqliteWrite, T> change) : PendingWrite
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _failure;

        public Task<T> Task => _done.Task;

        public override bool Run(SqliteWrite write)
        {
            try
            {
                _result = change(write);
                return true;
            }
            catch (Exception e)
            {
                _failure = e;
                return false;
            }
        }

        public override void ThrowFailure() => ExceptionDispatchInfo.Throw(_failure!);

        public override void Settle(Exception? commitFailure)
        {
            if ((_failure ?? commitFailure) is { } failure)
            {
                _done.TrySetException(failure);
            }
            else
            {
                _done.TrySetResult(_result);
            }
        }
    }
}
