namespace Glue.Functions.Http;

/// <summary>How the end of a body is known (RFC 9112, section 6).</summary>
internal enum BodyFraming
{
    Length,
    Chunked,
    UntilClose,
}
