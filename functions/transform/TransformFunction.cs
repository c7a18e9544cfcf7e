using Glue.Functions.Objects;
using Glue.Functions.Objects.Staging;
using Glue.Functions.Runtime;
using Glue.Functions.Storage;
using Glue.Functions.Transform.Media;
using Glue.Functions.Transform.Output;
using Glue.Functions.Transform.Pipelines;

namespace Glue.Functions.Transform;

/// <summary>S3 event in; the records of every object that was created go through the pipeline, or recordings through ffmpeg.</summary>
internal sealed class TransformFunction(TransformSettings settings, string pipeline, StorageClient storage)
{
    private const int MostPipelineBytes = 1024 * 1024;

    /// <summary>The pipeline is read and checked before the first event.</summary>
    public static TransformFunction FromEnvironment()
    {
        var settings = TransformSettings.Read(Environment.GetEnvironmentVariable);
        var storage = StorageClient.FromEnvironment();
        var text = settings.PipelineObject is var (bucket, key) ? Fetch(storage, bucket, key) : settings.PipelineText;
        settings.Pipeline(text);
        if (settings.Media is not null && MediaTool.Missing() is { } reason)
        {
            throw new SettingsException($"MEDIA is set: {reason}");
        }

        return new TransformFunction(settings, text, storage);
    }

    public TransformReport Handle(S3Event input, ILambdaContext context) =>
        new(EventObjects.Each(input, context, settings.Output, "a result", source => Transform(source, context)));

    private TransformReport.Entry Transform(SourceObject source, ILambdaContext context)
    {
        using var original = new ObjectStream(storage, source.Bucket, source.Key, source.VersionId);
        var bucket = settings.Output.BucketFor(source.Bucket);
        var leftovers = new Leftovers(storage, bucket, context.Logger);
        using var objects = new StagedUploads(storage, bucket, context.Logger.LogWarning, () => context.RemainingTime);
        return settings.Media is { } media
            ? Convert(media, original, source.Key, objects, leftovers, context) with { Bucket = bucket }
            : Transform(settings.Pipeline(pipeline), original, source.Key, objects, leftovers, context) with { Bucket = bucket };
    }

    private TransformReport.Entry Transform(
        Pipeline steps, ObjectStream original, string key, StagedUploads objects, Leftovers leftovers, ILambdaContext context)
    {
        var prefix = settings.Output.Prefix;
        var (before, after) = OutputKeys.Around(prefix, key, steps.Output);
        var rejects = OutputKeys.Rejects(prefix, key);
        leftovers.GiveUploadsUp(before, upload => upload == rejects || upload.EndsWith(after, StringComparison.Ordinal));
        var made = new Transformer(steps, objects, prefix, () => context.RemainingTime).Transform(original, key);
        objects.Publish();

        // An object that replaces one with more rows, or with bad ones.
        if (made.Rejects is null)
        {
            leftovers.Delete(rejects);
        }

        for (var part = made.Keys.Count + 1; steps.Output.IsSplit && leftovers.Delete(OutputKeys.Of(prefix, key, steps.Output, part)); part++)
        {
        }

        return made;
    }

    private TransformReport.Entry Convert(
        MediaSettings media, ObjectStream original, string key, StagedUploads objects, Leftovers leftovers, ILambdaContext context)
    {
        if (original.Length == 0)
        {
            throw new EmptyObjectException();
        }

        foreach (var profile in media.Profiles)
        {
            var result = profile.KeyOf(settings.Output.Prefix, key);
            leftovers.GiveUploadsUp(result, upload => upload == result);
        }

        var keys = new MediaTransformer(media, objects, settings.Output.Prefix, () => context.RemainingTime).Transform(original, key);
        objects.Publish();
        return new("", keys, 0, null, 0);
    }

    private static string Fetch(StorageClient storage, string bucket, string key)
    {
        using var stored = storage.Get(bucket, key);
        return stored.Info.ContentLength <= MostPipelineBytes
            ? new StreamReader(stored.Body).ReadToEnd()
            : throw new SettingsException($"TRANSFORM: s3://{bucket}/{key} has {stored.Info.ContentLength} bytes; a pipeline has at most {MostPipelineBytes}");
    }
}
