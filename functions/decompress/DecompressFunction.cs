using Glue.Functions.Decompress.Archives;
using Glue.Functions.Objects.Staging;
using Glue.Functions.Objects;
using Glue.Functions.Runtime;
using Glue.Functions.Storage;

namespace Glue.Functions.Decompress;

/// <summary>S3 event in; of every archive that was created, its members are stored, and a manifest last of all.</summary>
internal sealed class DecompressFunction(DecompressSettings settings, StorageClient storage)
{
    public static DecompressFunction FromEnvironment()
    {
        var settings = DecompressSettings.Read(Environment.GetEnvironmentVariable);
        ArchiveLibrary.Start();
        return new DecompressFunction(settings, StorageClient.FromEnvironment());
    }

    public DecompressReport Handle(S3Event input, ILambdaContext context) =>
        new(EventObjects.Each(input, context, settings.Output, "an unpacked member", source => Unpack(source, context)));

    private DecompressReport.Entry Unpack(SourceObject source, ILambdaContext context)
    {
        using var archive = new ObjectStream(storage, source.Bucket, source.Key, source.VersionId);
        if (archive.Length == 0)
        {
            throw new EmptyObjectException();
        }

        var bucket = settings.Output.BucketFor(source.Bucket);
        var folder = $"{settings.Output.Prefix}{source.Key}/";
        new Leftovers(storage, bucket, context.Logger).GiveUploadsUp(folder, static _ => true);
        Manifest manifest;
        using (var store = new StagedUploads(storage, bucket, context.Logger.LogWarning, () => context.RemainingTime))
        {
            var name = source.Key[(source.Key.LastIndexOf('/') + 1)..];
            manifest = new Unpacker(settings, store, () => context.RemainingTime).Unpack(archive, name, folder);
            store.Publish();
        }

        // Not inside the folder, where a member could have its name; and last: who waits for it finds everything it lists.
        var manifestKey = $"{settings.Output.Prefix}{source.Key}.manifest.json";
        var json = manifest.Write(source.Bucket, source.Key, archive.Info.ETag, archive.Length, bucket);
        storage.Put(bucket, manifestKey, json, new ObjectUpload { ContentType = "application/json" });
        return new(bucket, manifestKey, manifest.Format, manifest.Members, manifest.Skipped, manifest.Bytes, archive.BytesFetched);
    }
}
