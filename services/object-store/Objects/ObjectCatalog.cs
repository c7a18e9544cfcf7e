using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>
/// The metadata of objects, and the one way to change it: versions, blob references, the bucket's bytes and the event in one
/// transaction, then the waking of the log's reader and the removal of what nobody names any more.
/// </summary>
internal sealed class ObjectCatalog(SqliteDatabase database, BlobFiles files, IObjectEventJournal journal)
{
    /// <param name="bucket">Where.</param>
    /// <param name="key">Which.</param>
    /// <param name="version">Null: the current one.</param>
    /// <returns>Null: there is none. A named version may be a delete marker.</returns>
    public StoredObject? Find(Bucket bucket, string key, VersionId? version = null)
    {
        var keyBytes = ObjectKey.ToBytes(key);
        return database.Read(connection => ObjectRows.Find(connection, bucket, keyBytes, version));
    }

    /// <summary>The delete marker that hides a key; null when the key was never there, or is.</summary>
    public StoredObject? FindMarker(Bucket bucket, string key)
    {
        var keyBytes = ObjectKey.ToBytes(key);
        return database.Read(connection => ObjectRows.FindLatestOld(connection, bucket, keyBytes)) is { IsDeleteMarker: true } marker ? marker : null;
    }

    /// <summary>
    /// Puts what <paramref name="make"/> gives under a key; what was there becomes an old version or goes, as the bucket's versioning
    /// has it. Everything happens inside one transaction on the writer thread, <paramref name="make"/> included.
    /// </summary>
    /// <param name="bucket">Must still exist at commit.</param>
    /// <param name="key">Which.</param>
    /// <param name="conditions">On what is there.</param>
    /// <param name="origin">Who and why, for the event.</param>
    /// <param name="make">Gives the object; its blobs must be referenced already. What it frees is freed with the put.</param>
    /// <exception cref="S3Exception">NoSuchBucket, QuotaExceeded, or a condition that does not hold; nothing was changed.</exception>
    public async Task<StoredObject> PutAsync(
        Bucket bucket, string key, WriteConditions conditions, ChangeOrigin origin, Func<SqliteWrite, FreedBodies, StoredObject> make)
    {
        var keyBytes = ObjectKey.ToBytes(key);
        var freed = new FreedBodies();
        var stored = await database.WriteAsync(write =>
        {
            var state = BucketState.Read(write, bucket);
            var current = ObjectRows.Find(write, bucket, keyBytes, null);
            conditions.Check(current?.ETag);
            var sequence = Sequencer.Next(write, origin.Time);
            var made = make(write, freed) with { Sequence = sequence, Version = NewVersion(state, sequence), IsDeleteMarker = false };
            MakeWay(write, state, bucket, keyBytes, current, origin.Time, freed);
            ObjectRows.PutCurrent(write, bucket, keyBytes, made);
            state.Charge(write, bucket, made.Size - freed.Bytes);
            journal.Record(write, origin.Describe(bucket, key, made, sequence));
            return made;
        });
        journal.Recorded();
        files.DeleteSoon(freed.Blobs);
        return stored;
    }

    /// <summary>
    /// Deletes: one version for ever when it is named, otherwise the object, or, in a bucket with versions, its sight, by a delete
    /// marker. An absent key is no error, as S3 has it.
    /// </summary>
    /// <param name="bucket">Where.</param>
    /// <param name="key">Which.</param>
    /// <param name="version">Null: none is named.</param>
    /// <param name="conditions">On what is there.</param>
    /// <param name="origin">Its event name is that of a deletion; of a marker's making the catalog gives it.</param>
    /// <param name="only">Delete nothing but this version, and that only as what it was: who looked before must not delete what came since.</param>
    /// <exception cref="S3Exception">NoSuchBucket, or a condition that does not hold; nothing was changed.</exception>
    public async Task<Deletion> DeleteAsync(
        Bucket bucket, string key, VersionId? version, WriteConditions conditions, ChangeOrigin origin, SeenVersion? only = null)
    {
        var keyBytes = ObjectKey.ToBytes(key);
        var freed = new FreedBodies();
        var deletion = await database.WriteAsync(write =>
        {
            var state = BucketState.Read(write, bucket);
            var found = ObjectRows.Find(write, bucket, keyBytes, version);
            conditions.Check(found?.ETag);
            if (only is not null && (found?.Sequence != only.Sequence || (ObjectRows.Find(write, bucket, keyBytes, null)?.Sequence == only.Sequence) != only.IsCurrent))
            {
                return new Deletion(null, IsMarker: false, IsChange: false);
            }

            if (version is null && state.Versioning != Versioning.Off)
            {
                return AddMarker(write, state, bucket, key, keyBytes, found, origin, freed);
            }

            if (found is null)
            {
                return new Deletion(version, IsMarker: false, IsChange: false);
            }

            RemoveVersion(write, state, bucket, keyBytes, found, freed);
            journal.Record(write, origin.Describe(bucket, key, found, Sequencer.Next(write, origin.Time)));
            return new Deletion(version, found.IsDeleteMarker, IsChange: true);
        });
        if (deletion.IsChange)
        {
            journal.Recorded();
            files.Delete(freed.Blobs);
        }

        return deletion;
    }

    /// <returns>The version whose tags these now are; null: there is none.</returns>
    public async Task<StoredObject?> SetTagsAsync(Bucket bucket, string key, VersionId? version, TagSet tags, ChangeOrigin origin)
    {
        var keyBytes = ObjectKey.ToBytes(key);
        var tagged = await database.WriteAsync(write =>
        {
            var found = ObjectRows.Find(write, bucket, keyBytes, version);
            if (found is null or { IsDeleteMarker: true })
            {
                return found;
            }

            ObjectRows.SetTags(write, bucket, keyBytes, found, tags);
            journal.Record(write, origin.Describe(bucket, key, found, Sequencer.Next(write, origin.Time)));
            return found;
        });
        journal.Recorded();
        return tagged;
    }

    private static VersionId NewVersion(BucketState state, long sequence) =>
        state.Versioning == Versioning.Enabled ? VersionId.Of(sequence) : VersionId.Null;

    /// <summary>Before a new version, marker or not, becomes the latest: what it replaces goes, what it only hides becomes old.</summary>
    private static void MakeWay(
        SqliteWrite write, BucketState state, Bucket bucket, byte[] key, StoredObject? current, DateTimeOffset now, FreedBodies freed)
    {
        if (state.Versioning == Versioning.Suspended && ObjectRows.Find(write, bucket, key, VersionId.Null) is { } replaced && replaced.Sequence != current?.Sequence)
        {
            ObjectRows.RemoveOld(write, bucket, key, replaced.Sequence);
            freed.Take(write, replaced);
        }

        if (current is not null && (state.Versioning == Versioning.Off || (state.Versioning == Versioning.Suspended && current.Version.IsNull)))
        {
            freed.Take(write, current);
        }
        else if (current is not null)
        {
            ObjectRows.AddOld(write, bucket, key, current, now);
        }
        else if (state.Versioning != Versioning.Off && ObjectRows.FindLatestOld(write, bucket, key) is { } marker)
        {
            ObjectRows.SetReplaced(write, bucket, key, marker.Sequence, now);
        }
    }

    private Deletion AddMarker(
        SqliteWrite write, BucketState state, Bucket bucket, string key, byte[] keyBytes, StoredObject? current, ChangeOrigin origin, FreedBodies freed)
    {
        var sequence = Sequencer.Next(write, origin.Time);
        var marker = new StoredObject
        {
            Sequence = sequence,
            Version = NewVersion(state, sequence),
            IsDeleteMarker = true,
            Size = 0,
            ETag = "",
            ModifiedAt = origin.Time,
            Headers = ObjectHeaders.None,
            Body = ObjectBody.Empty,
        };
        MakeWay(write, state, bucket, keyBytes, current, origin.Time, freed);
        ObjectRows.RemoveCurrent(write, bucket, keyBytes);
        ObjectRows.AddOld(write, bucket, keyBytes, marker, replaced: null);
        state.Charge(write, bucket, -freed.Bytes);
        journal.Record(write, origin.ForMarker().Describe(bucket, key, marker, sequence));
        return new Deletion(marker.Version, IsMarker: true, IsChange: true);
    }

    /// <summary>Removes one version for ever. Was it the latest, the one before it is that again.</summary>
    private static void RemoveVersion(SqliteWrite write, BucketState state, Bucket bucket, byte[] key, StoredObject found, FreedBodies freed)
    {
        freed.Take(write, found);
        state.Charge(write, bucket, -freed.Bytes);
        var current = ObjectRows.Find(write, bucket, key, null);
        if (current?.Sequence == found.Sequence && current.Version == found.Version)
        {
            ObjectRows.RemoveCurrent(write, bucket, key);
        }
        else
        {
            ObjectRows.RemoveOld(write, bucket, key, found.Sequence);
            if (current is not null)
            {
                return;
            }
        }

        if (state.Versioning == Versioning.Off || ObjectRows.FindLatestOld(write, bucket, key) is not { } latest)
        {
            return;
        }

        if (latest.IsDeleteMarker)
        {
            ObjectRows.SetReplaced(write, bucket, key, latest.Sequence, replaced: null);
        }
        else
        {
            ObjectRows.RemoveOld(write, bucket, key, latest.Sequence);
            ObjectRows.PutCurrent(write, bucket, key, latest);
        }
    }
}

/// <summary>What a deletion did.</summary>
/// <param name="Version">Of the marker made, or of the version named; null: neither.</param>
/// <param name="IsMarker">A marker was made, or the version removed was one.</param>
/// <param name="IsChange">Something was there to delete.</param>
internal sealed record Deletion(VersionId? Version, bool IsMarker, bool IsChange);

/// <summary>A version as somebody saw it.</summary>
/// <param name="Sequence">Which.</param>
/// <param name="IsCurrent">It was what the key shows.</param>
internal sealed record SeenVersion(long Sequence, bool IsCurrent);
