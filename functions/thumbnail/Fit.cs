namespace Glue.Functions.Thumbnail;

/// <summary>How a picture meets its box. Nothing is ever enlarged.</summary>
internal enum Fit
{
    /// <summary>The whole picture, as large as the box allows; the thumbnail is not larger than the picture.</summary>
    Fit,

    /// <summary>The box is filled, what stands out is cut off.</summary>
    Cover,

    /// <summary>The whole picture in the middle of a thumbnail that has exactly the box's size.</summary>
    Contain,
}
