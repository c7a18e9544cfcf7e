using Glue.Functions.Objects;
using Glue.Functions.Objects.Staging;
using Glue.Functions.Runtime;
using Glue.Functions.Storage;
using Glue.Functions.Transform.Media;

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
        using var objects = new StagedUploads(storage, bucket, context.Logger.LogWarning);
        var made = settings.Media is { } media
            ? Convert(media, original, source.Key, objects, context)
            : new Transformer(settings.Pipeline(pipeline), objects, settings.Output.Prefix, () => context.RemainingTime).Transform(original, source.Key);
        objects.Publish();
        return made with { Bucket = bucket };
    }

    private TransformReport.Entry Convert(MediaSettings media, ObjectStream original, string key, StagedUploads objects, ILambdaContext context)
    {
        if (original.Length == 0)
        {
            throw new EmptyObjectException();
        }

        var keys = new MediaTransformer(media, objects, settings.Output.Prefix, () => context.RemainingTime).Transform(original, key);
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
