namespace Glue.Dispatcher.Functions;

/// <summary>A layer as a version of a function has it; stays usable though the layer version is deleted.</summary>
/// <param name="Arn">Of the layer version.</param>
/// <param name="CodeSha256">Base64.</param>
/// <param name="CodeSizeBytes">Of the zip.</param>
/// <param name="UnpackedBytes">Of its files.</param>
internal sealed record LayerUse(string Arn, string CodeSha256, long CodeSizeBytes, long UnpackedBytes);
