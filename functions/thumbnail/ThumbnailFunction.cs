using Glue.Functions.Objects;
using Glue.Functions.Runtime;
using Glue.Functions.Storage;
using Glue.Functions.Thumbnail.Pictures;
using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Thumbnail;

/// <summary>S3 event in; for every object that was created, its thumbnails are stored.</summary>
internal sealed class ThumbnailFunction(ThumbnailSettings settings, MemoryBudget budget, StorageClient storage)
{
    private readonly ThumbnailMaker _maker = new(settings, budget);

    /// <summary>What init does: settings are checked and libvips is started before the first event.</summary>
    public static ThumbnailFunction FromEnvironment()
    {
        var settings = ThumbnailSettings.Read(Environment.GetEnvironmentVariable);
        VipsLibrary.Start();
        if (settings.Format == OutputFormat.Avif && !VipsLibrary.TryLoadHeif())
        {
            throw new SettingsException("FORMAT is 'avif': this machine's libvips cannot write it (packages libvips42, libheif1)");
        }

        return new ThumbnailFunction(settings, MemoryBudget.FromEnvironment(), StorageClient.FromEnvironment());
    }

    /// <exception cref="ObjectException">The object cannot become a thumbnail.</exception>
    /// <exception cref="StorageException">The store refused the original or a thumbnail.</exception>
    public ThumbnailReport Handle(S3Event input, ILambdaContext context) =>
        new([.. EventObjects.Each(input, context, settings.Output, "a thumbnail", Make).SelectMany(static made => made)]);

    /// <summary>All sizes are made before the first is stored.</summary>
    private List<ThumbnailReport.Entry> Make(SourceObject source)
    {
        var bucket = settings.Output.BucketFor(source.Bucket);
        var thumbnails = MakeAll(source);
        try
        {
            return thumbnails.ConvertAll(thumbnail =>
            {
                var prefix = settings.HasFolders ? $"{settings.Output.Prefix}{thumbnail.Size.Text}/" : settings.Output.Prefix;
                var key = thumbnail.Format.KeyFor(prefix, source.Key);
                storage.Put(bucket, key, thumbnail.Bytes, new ObjectUpload { ContentType = thumbnail.Format.ContentType });
                return new ThumbnailReport.Entry(bucket, key, thumbnail.Width, thumbnail.Height, thumbnail.Bytes.Length);
            });
        }
        finally
        {
            thumbnails.ForEach(static thumbnail => thumbnail.Dispose());
        }
    }

    private unsafe List<Pictures.Thumbnail> MakeAll(SourceObject source)
    {
        using var original = storage.Get(source.Bucket, source.Key, versionId: source.VersionId);
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
