namespace Glue.Dispatcher.Functions;

/// <summary>The store did not give an object.</summary>
/// <param name="code">S3's error code, such as <c>NoSuchKey</c>.</param>
/// <param name="message">S3's message.</param>
public sealed class PackageObjectException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
