namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>The object cannot become a thumbnail, however often it is tried. Its type is the function's <c>errorType</c>.</summary>
internal abstract class PictureException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>Bucket and key, once they are known; the message begins with them.</summary>
    public string? Where { get; set; }

    public override string Message => Where is null ? base.Message : $"{Where}: {base.Message}";
}

/// <summary>The object has no bytes.</summary>
internal sealed class EmptyObjectException() : PictureException("the object is empty (0 bytes)");

/// <summary>The object is something else than a picture, or a picture of a format that is not understood.</summary>
internal sealed class NotAPictureException(string lookedLike) : PictureException(
    $"not a picture that this function reads: {lookedLike}. It reads JPEG, PNG, WebP, GIF, TIFF and HEIF (HEIC, AVIF)");

/// <summary>The file begins as a picture but ends early or is damaged inside.</summary>
internal sealed class DamagedPictureException(PictureFormat format, Exception inner) : PictureException(
    $"the {format} picture is cut short or damaged: {inner.Message}", inner);

/// <summary>More bytes, pixels or memory than the function is allowed.</summary>
internal sealed class PictureTooLargeException(string message) : PictureException(message);
