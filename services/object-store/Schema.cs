using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore;

/// <summary>The store's tables. Steps are appended, never edited.</summary>
internal static class Schema
{
    public static void Migrate(SqliteDatabase database) => database.Migrate("object-store",
        """
        CREATE TABLE bucket(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL,
            created INTEGER NOT NULL);            -- Unix milliseconds, like all times here

        CREATE TABLE object(
            bucket_id INTEGER NOT NULL REFERENCES bucket(id),
            key BLOB NOT NULL,                    -- UTF-8, so that SQLite orders keys as S3 does: by bytes
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            modified INTEGER NOT NULL,
            checksum TEXT,                        -- ALGORITHM:value
            headers TEXT NOT NULL,                -- JSON of the headers to answer with
            body TEXT NOT NULL,                   -- blob:bytes blob:bytes …; last, listings never read its overflow pages
            PRIMARY KEY(bucket_id, key)) WITHOUT ROWID;

        CREATE TABLE upload(
            id TEXT PRIMARY KEY,
            bucket_id INTEGER NOT NULL REFERENCES bucket(id),
            key BLOB NOT NULL,
            initiated INTEGER NOT NULL,
            checksum_algorithm TEXT,
            checksum_type TEXT,
            headers TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX upload_by_key ON upload(bucket_id, key, id);

        CREATE TABLE part(
            upload_id TEXT NOT NULL REFERENCES upload(id),
            number INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            modified INTEGER NOT NULL,
            checksum TEXT,
            blob TEXT NOT NULL,
            PRIMARY KEY(upload_id, number)) WITHOUT ROWID;

        CREATE TABLE blob(
            id TEXT PRIMARY KEY,                  -- the file's name
            uses INTEGER NOT NULL) WITHOUT ROWID; -- copies of an object share its blobs

        CREATE TABLE sequencer(last INTEGER NOT NULL);
        INSERT INTO sequencer VALUES(0);
        """);
}
