namespace Glue.Dispatcher.Queue;

/// <summary>
/// Tables of queue.db. One row per invocation (<c>ledger</c>) from its enqueueing to the end of its retention, so that an event costs one insertion
/// and one update; its event apart (<c>queue_event</c>), gone with its success and kept for dead letters, so that the rows that stay are small.
/// </summary>
/// <remarks>
/// What waits is found by partial indexes, which a row leaves when it is settled. An index over keys in random order would dirty a page for every
/// row; so ids begin with their time (they come in order), and <c>ledger_by_object</c> is kept in blocks of <see cref="BlockRows"/> rows.
/// </remarks>
internal static class QueueSchema
{
    /// <summary>ledger.state: due at <c>due_ms</c>, leased or not: leases are not on disk.</summary>
    public const int Ready = 0;

    /// <summary>ledger.state: behind an earlier entry of its order key.</summary>
    public const int Held = 1;

    /// <summary>ledger.state.</summary>
    public const int Succeeded = 2;

    /// <summary>ledger.state.</summary>
    public const int Dead = 3;

    /// <summary>Rows that <c>ledger_by_object</c> keeps together: new ones go into few pages, and a search looks once into each block.</summary>
    public const int BlockRows = 1 << BlockBits;

    public const int BlockBits = 14;

    /// <summary>Append only: a file in use has run the earlier ones.</summary>
    public static readonly string[] Steps =
    [
        """
        CREATE TABLE ledger(
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          account_id TEXT NOT NULL,
          function_name TEXT NOT NULL,
          qualifier TEXT,
          source_kind TEXT NOT NULL,
          rule_id TEXT,
          bucket TEXT,
          object_key TEXT,
          sequencer TEXT,
          lineage_depth INTEGER NOT NULL,
          trace_parent TEXT,
          accepted_ms INTEGER NOT NULL,
          enqueued_ms INTEGER NOT NULL,
          state INTEGER NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0,
          started_ms INTEGER,
          finished_ms INTEGER,
          start_kind INTEGER,
          start_us INTEGER NOT NULL DEFAULT 0,
          init_us INTEGER NOT NULL DEFAULT 0,
          duration_us INTEGER NOT NULL DEFAULT 0,
          max_memory_mib INTEGER NOT NULL DEFAULT 0,
          sandbox_id TEXT,
          reason TEXT,
          error BLOB,
          log_tail BLOB);
        CREATE INDEX ledger_by_function ON ledger(account_id, function_name, seq);
        CREATE INDEX ledger_by_object ON ledger(account_id, bucket, object_key, seq) WHERE bucket IS NOT NULL;
        CREATE INDEX ledger_dead ON ledger(account_id, seq) WHERE state = 2;

        CREATE TABLE queue_entry(
          seq INTEGER PRIMARY KEY,
          account_id TEXT NOT NULL,
          function_name TEXT NOT NULL,
          order_key TEXT,
          state INTEGER NOT NULL,
          due_ms INTEGER NOT NULL,
          retrying INTEGER NOT NULL DEFAULT 0,
          function_errors INTEGER NOT NULL DEFAULT 0,
          postponements INTEGER NOT NULL DEFAULT 0,
          lease INTEGER NOT NULL DEFAULT 0,
          leased_ms INTEGER,
          leased_until_ms INTEGER);
        CREATE INDEX queue_due ON queue_entry(account_id, function_name, due_ms, seq) WHERE state = 0;
        CREATE INDEX queue_leased ON queue_entry(leased_until_ms) WHERE state = 1;
        CREATE INDEX queue_key ON queue_entry(account_id, function_name, order_key, seq) WHERE order_key IS NOT NULL;

        CREATE TABLE queue_event(seq INTEGER PRIMARY KEY, payload BLOB NOT NULL);
        """,
        "CREATE INDEX ledger_by_account ON ledger(account_id, seq)", // a listing by account alone, page by page
        """
        UPDATE queue_entry SET state = 0 WHERE state = 1;
        DROP INDEX queue_leased;
        ALTER TABLE queue_entry DROP COLUMN lease;
        ALTER TABLE queue_entry DROP COLUMN leased_ms;
        ALTER TABLE queue_entry DROP COLUMN leased_until_ms;
        DROP INDEX queue_key;
        CREATE INDEX queue_key ON queue_entry(account_id, function_name, order_key, retrying, state, seq) WHERE order_key IS NOT NULL;
        """, // leases live in memory
        """
        CREATE TABLE queue_function(number INTEGER PRIMARY KEY, account_id TEXT NOT NULL, name TEXT NOT NULL, UNIQUE(account_id, name));
        INSERT INTO queue_function(account_id, name) SELECT DISTINCT account_id, function_name FROM ledger;

        ALTER TABLE ledger RENAME TO ledger_before;
        DROP INDEX queue_due;
        DROP INDEX queue_key;
        CREATE TABLE ledger(
          seq INTEGER PRIMARY KEY,
          function INTEGER NOT NULL,
          state INTEGER NOT NULL,
          due_ms INTEGER NOT NULL,
          retrying INTEGER NOT NULL DEFAULT 0,
          function_errors INTEGER NOT NULL DEFAULT 0,
          postponements INTEGER NOT NULL DEFAULT 0,
          order_hash INTEGER,
          object_hash INTEGER,
          id TEXT NOT NULL UNIQUE,
          order_key TEXT,
          qualifier TEXT,
          source_kind TEXT NOT NULL,
          rule_id TEXT,
          bucket TEXT,
          object_key TEXT,
          sequencer TEXT,
          lineage_depth INTEGER NOT NULL,
          trace_parent TEXT,
          accepted_ms INTEGER NOT NULL,
          enqueued_ms INTEGER NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0,
          started_ms INTEGER,
          finished_ms INTEGER,
          start_kind INTEGER,
          start_us INTEGER NOT NULL DEFAULT 0,
          init_us INTEGER NOT NULL DEFAULT 0,
          duration_us INTEGER NOT NULL DEFAULT 0,
          max_memory_mib INTEGER NOT NULL DEFAULT 0,
          sandbox_id TEXT,
          reason TEXT,
          error BLOB,
          log_tail BLOB);
        INSERT INTO ledger
          SELECT l.seq, f.number, CASE WHEN q.seq IS NULL THEN l.state + 1 WHEN q.state = 0 THEN 0 ELSE 1 END,
                 coalesce(q.due_ms, l.enqueued_ms), coalesce(q.retrying, 0), coalesce(q.function_errors, 0), coalesce(q.postponements, 0),
                 CASE WHEN q.order_key IS NOT NULL THEN key_hash(q.order_key) END,
                 CASE WHEN l.bucket IS NOT NULL AND l.object_key IS NOT NULL THEN object_hash(l.bucket, l.object_key) END,
                 l.id, q.order_key, l.qualifier, l.source_kind, l.rule_id, l.bucket, l.object_key, l.sequencer, l.lineage_depth, l.trace_parent,
                 l.accepted_ms, l.enqueued_ms, l.attempts, l.started_ms, l.finished_ms, l.start_kind, l.start_us, l.init_us, l.duration_us,
                 l.max_memory_mib, l.sandbox_id, l.reason, l.error, l.log_tail
          FROM ledger_before l JOIN queue_function f ON f.account_id = l.account_id AND f.name = l.function_name
          LEFT JOIN queue_entry q ON q.seq = l.seq ORDER BY l.seq;
        DROP TABLE ledger_before;
        DROP TABLE queue_entry;

        CREATE INDEX ledger_by_function ON ledger(function, seq);
        CREATE INDEX ledger_by_object ON ledger(seq >> 14, object_hash) WHERE object_hash IS NOT NULL;
        CREATE INDEX ledger_dead ON ledger(function, seq) WHERE state = 3;
        CREATE INDEX queue_due ON ledger(function, due_ms, seq) WHERE state = 0;
        CREATE INDEX queue_failed ON ledger(function, seq) WHERE state < 2 AND function_errors > 0;
        CREATE INDEX queue_key ON ledger(function, order_hash, retrying, state, seq) WHERE state < 2 AND order_hash IS NOT NULL;
        """, // one row for queue and ledger
        "CREATE INDEX queue_late ON ledger(function, accepted_ms, seq) WHERE state < 2 AND (state = 1 OR due_ms > accepted_ms + 2000)", // their due time hides their age
        """
        CREATE TABLE queue_of(
          number INTEGER PRIMARY KEY, account_id TEXT NOT NULL, name TEXT NOT NULL, qualifier TEXT NOT NULL, UNIQUE(account_id, name, qualifier));
        INSERT INTO queue_of SELECT number, account_id, name, '' FROM queue_function;
        DROP TABLE queue_function;
        ALTER TABLE queue_of RENAME TO queue_function;
        """, // a queue per qualifier ('': $LATEST); rows stay where they are, those of before serve all qualifiers of theirs
    ];
}
