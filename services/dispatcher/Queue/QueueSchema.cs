namespace Glue.Dispatcher.Queue;

/// <summary>
/// Tables of queue.db. Three, so that the row a lease touches is small: what waits (<c>queue_entry</c>), its event
/// (<c>queue_event</c>, kept for dead letters) and what people ask for later (<c>ledger</c>). One number joins them.
/// </summary>
internal static class QueueSchema
{
    /// <summary>queue_entry.state: due at <c>due_ms</c>, leased or not: leases are not on disk.</summary>
    public const int Ready = 0;

    /// <summary>queue_entry.state: behind an earlier entry of its order key. 1 was "leased" once.</summary>
    public const int Held = 2;

    /// <summary>ledger.state: not settled; queue_entry knows more.</summary>
    public const int Open = 0;

    /// <summary>ledger.state.</summary>
    public const int Succeeded = 1;

    /// <summary>ledger.state.</summary>
    public const int Dead = 2;

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
    ];
}
