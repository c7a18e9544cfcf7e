namespace Glue.Foundation.Signing;

/// <summary>
/// Where the chain of chunk signatures of an aws-chunked body starts: each chunk's signature covers the one before it, the
/// first covers the request's own (S3 API Reference, "Signature calculations: transferring payload in multiple chunks").
/// </summary>
/// <param name="Signature">The request's signature, lower-case hexadecimal.</param>
/// <param name="SigningKey">The derived key, 32 bytes.</param>
/// <param name="Timestamp"><c>yyyyMMddTHHmmssZ</c> of the request.</param>
/// <param name="Scope"><c>date/region/service/aws4_request</c>.</param>
public sealed record ChunkSigningSeed(string Signature, ReadOnlyMemory<byte> SigningKey, string Timestamp, string Scope)
{
    public override string ToString() => $"ChunkSigningSeed of {Scope}"; // a record would print the key
}
