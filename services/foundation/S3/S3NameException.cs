namespace Glue.Foundation.S3;

/// <summary>A bucket or key that is not percent-encoded UTF-8.</summary>
public sealed class S3NameException(Exception? inner = null) : Exception("The path is not percent-encoded UTF-8.", inner);
