namespace Glue.FunctionLogs.Store;

/// <summary>Tables of logs.db. Times are milliseconds since 1970.</summary>
internal static class LogSchema
{
    public static readonly string[] Steps =
    [
        """
        CREATE TABLE log_group(
          id INTEGER PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, created_ms INTEGER NOT NULL, retention_days INTEGER,
          UNIQUE(account, name));
        CREATE TABLE log_stream(
          id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL REFERENCES log_group(id), name TEXT NOT NULL, created_ms INTEGER NOT NULL,
          first_event_ms INTEGER, last_event_ms INTEGER, last_ingestion_ms INTEGER, bytes INTEGER NOT NULL DEFAULT 0,
          UNIQUE(group_id, name));
        CREATE INDEX log_stream_by_time ON log_stream(group_id, coalesce(last_event_ms, created_ms), name);
        -- Ids are never given twice: they are in event ids and page tokens.
        CREATE TABLE log_chunk(
          id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, stream_id INTEGER NOT NULL REFERENCES log_stream(id),
          first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, ingested_ms INTEGER NOT NULL, bytes INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX log_chunk_of_group ON log_chunk(group_id, first_ms);
        CREATE INDEX log_chunk_of_stream ON log_chunk(stream_id, first_ms);
        CREATE INDEX log_chunk_of_stream_end ON log_chunk(stream_id, last_ms);
        """,
    ];
}
