using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore;

/// <summary>The store's tables. Steps are appended, never edited.</summary>
internal static class Schema
{
    public const string Component = "object-store";

    public static readonly string[] Steps =
    [
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
        """,
        """
        ALTER TABLE bucket ADD COLUMN versioning TEXT;                  -- Enabled, Suspended; null: never had it
        ALTER TABLE bucket ADD COLUMN quota INTEGER;                    -- bytes; null: none
        ALTER TABLE bucket ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0; -- of all versions and all parts

        CREATE TABLE bucket_setting(
            bucket_id INTEGER NOT NULL REFERENCES bucket(id),
            name TEXT NOT NULL,                   -- cors, policy, lifecycle …
            document TEXT NOT NULL,
            PRIMARY KEY(bucket_id, name)) WITHOUT ROWID;

        CREATE TABLE current_object(
            bucket_id INTEGER NOT NULL REFERENCES bucket(id),
            key BLOB NOT NULL,
            sequence INTEGER NOT NULL,            -- of the change that made it; its version id, unless that is null
            is_null INTEGER NOT NULL,             -- 1: the version id is null
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            modified INTEGER NOT NULL,
            checksum TEXT,
            tags TEXT,                            -- as in x-amz-tagging
            headers TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY(bucket_id, key)) WITHOUT ROWID;
        INSERT INTO current_object SELECT bucket_id, key, 0, 1, size, etag, modified, checksum, NULL, headers, body FROM object;
        DROP TABLE object;
        ALTER TABLE current_object RENAME TO object;

        CREATE TABLE old_version(                 -- versions that are not current, and delete markers, current or not
            bucket_id INTEGER NOT NULL REFERENCES bucket(id),
            key BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            is_null INTEGER NOT NULL,
            is_marker INTEGER NOT NULL,
            replaced INTEGER,                     -- when a later version came; null: a delete marker that is the latest
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            modified INTEGER NOT NULL,
            checksum TEXT,
            tags TEXT,
            headers TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY(bucket_id, key, sequence DESC)) WITHOUT ROWID;
        CREATE INDEX null_version ON old_version(bucket_id, key) WHERE is_null=1;

        ALTER TABLE upload ADD COLUMN tags TEXT;
        UPDATE bucket SET bytes=
            (SELECT coalesce(sum(size), 0) FROM object WHERE object.bucket_id=bucket.id)
            + (SELECT coalesce(sum(part.size), 0) FROM part JOIN upload ON upload.id=part.upload_id WHERE upload.bucket_id=bucket.id);

        CREATE TABLE damaged_blob(
            id TEXT PRIMARY KEY,
            found INTEGER NOT NULL,
            what TEXT NOT NULL) WITHOUT ROWID;
        """,
        """
        CREATE TABLE small_body(
            id TEXT PRIMARY KEY,                  -- the blob's
            sum INTEGER NOT NULL,                 -- CRC-32C, begun with the id
            bytes BLOB NOT NULL);
        """,
    ];

    public static void Migrate(SqliteDatabase database) => database.Migrate(Component, Steps);
}
