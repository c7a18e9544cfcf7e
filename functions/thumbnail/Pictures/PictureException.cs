using Glue.Functions.Objects;

namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>The object is something else than a picture, or a picture of a format that is not understood.</summary>
internal sealed class NotAPictureException(string lookedLike) : ObjectException(
    $"not a picture that this function reads: {lookedLike}. It reads JPEG, PNG, WebP, GIF, TIFF, HEIF (HEIC, AVIF) and PDF");

/// <summary>The file begins as a picture but ends early or is damaged inside.</summary>
internal sealed class DamagedPictureException(PictureFormat format, Exception inner) : ObjectException(
    $"the {format} picture is cut short or damaged: {inner.Message}", inner);

/// <summary>More bytes, pixels or memory than the function is allowed.</summary>
internal sealed class PictureTooLargeException(string message) : ObjectException(message);
