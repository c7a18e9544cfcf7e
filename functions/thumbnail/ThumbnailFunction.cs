using System.Runtime.ExceptionServices;
using Glue.Functions.Runtime;
using Glue.Functions.Storage;
using Glue.Functions.Thumbnail.Pictures;
using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Thumbnail;

/// <summary>S3 event in; for every object that was created, its thumbnail is stored.</summary>
internal sealed class ThumbnailFunction(ThumbnailSettings settings, MemoryBudget budget, StorageClient storage)
{
    private readonly ThumbnailMaker _maker = new(settings, budget);

    /// <summary>What init does: settings are checked and libvips is started before the first event.</summary>
    public static ThumbnailFunction FromEnvironment()
    {
        var settings = ThumbnailSettings.Read(Environment.GetEnvironmentVariable);
        VipsLibrary.Start();
        return new ThumbnailFunction(settings, MemoryBudget.FromEnvironment(), StorageClient.FromEnvironment());
    }

    /// <summary>Every record is tried before the first failure is thrown: one bad picture does not hold up the others.</summary>
    /// <exception cref="PictureException">The object cannot become a thumbnail.</exception>
    /// <exception cref="StorageException">The store refused the original or the thumbnail.</exception>
    public ThumbnailReport Handle(S3Event input, ILambdaContext context)
    {
        var made = new List<ThumbnailReport.Entry>();
        ExceptionDispatchInfo? failure = null;
        foreach (var record in input.Records)
        {
            try
            {
                if (Make(record, context.Logger) is { } entry)
                {
                    made.Add(entry);
                }
            }
            catch (Exception e) when (e is PictureException or StorageException)
            {
                if (failure is not null)
                {
                    context.Logger.LogError(e.Message); // only the first can be the invocation's error
                }

                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        failure?.Throw();
        return new ThumbnailReport(made);
    }

    private ThumbnailReport.Entry? Make(S3Event.S3EventNotificationRecord record, ILambdaLogger log)
    {
        var (bucket, key) = (record.S3.Bucket.Name, record.S3.Object.KeyUrlDecoded);
        if (!record.EventName.StartsWith("ObjectCreated:", StringComparison.Ordinal))
        {
            log.LogInformation($"{bucket}/{key}: nothing to do for {record.EventName}");
            return null;
        }

        var outputBucket = settings.OutputBucket ?? bucket;
        if (outputBucket == bucket && settings.OutputPrefix.Length > 0 && key.StartsWith(settings.OutputPrefix, StringComparison.Ordinal))
        {
            log.LogWarning($"{bucket}/{key}: left alone, it is under OUTPUT_PREFIX and so a thumbnail already");
            return null;
        }

        try
        {
            using var thumbnail = Make(bucket, key, record.S3.Object.VersionId);
            var outputKey = thumbnail.Format.KeyFor(settings.OutputPrefix, key);
            storage.Put(outputBucket, outputKey, thumbnail.Bytes, new ObjectUpload { ContentType = thumbnail.Format.ContentType });
            return new(outputBucket, outputKey, thumbnail.Width, thumbnail.Height, thumbnail.Bytes.Length);
        }
        catch (PictureException e)
        {
            e.Where = $"{bucket}/{key}";
            throw;
        }
        catch (StorageException e) when (e.Code == "NoSuchKey" && e.Key == key)
        {
            log.LogWarning($"{bucket}/{key}: deleted before its thumbnail could be made");
            return null;
        }
    }

    private unsafe Pictures.Thumbnail Make(string bucket, string key, string? versionId)
    {
        using var original = storage.Get(bucket, key, versionId: versionId);
        var length = original.Info.ContentLength;
        if (length == 0)
        {
            throw new EmptyObjectException();
        }

        Span<byte> start = stackalloc byte[(int)Math.Min(Signature.Bytes, length)];
        original.Body.ReadExactly(start);
        var format = Signature.Recognise(start) ?? throw new NotAPictureException(Signature.Describe(start));
        if (length > budget.MostObjectBytes)
        {
            throw new PictureTooLargeException(
                $"the object has {length} bytes, with this function's memory at most {budget.MostObjectBytes} are fetched: give it more memory");
        }

        using var whole = new NativeBuffer(length);
        start.CopyTo(whole.Span);
        original.Body.ReadExactly(whole.Span[start.Length..]);
        return _maker.Make(format, whole.Start, length);
    }
}
