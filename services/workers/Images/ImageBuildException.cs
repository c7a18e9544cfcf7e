namespace Glue.Workers.Images;

/// <summary>An image could not be built; the message names the step, what the tool said, and the way out.</summary>
public sealed class ImageBuildException(string message, Exception? inner = null) : Exception(message, inner);
