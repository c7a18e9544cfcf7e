using System.Buffers;
using Glue.Foundation.Signing;

namespace Glue.Dispatcher.Functions;

/// <summary>The object store that S3Bucket and S3Key of the Lambda API lead into. Answered by the host.</summary>
public interface IPackageObjects
{
    /// <summary>Reads a whole object with the caller's own rights, as Lambda does.</summary>
    /// <param name="caller">Whose right to read it counts.</param>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="key">Its key, decoded.</param>
    /// <param name="versionId">Null: the current version.</param>
    /// <param name="maxBytes">Larger ones are refused.</param>
    /// <param name="cancellationToken">The caller left.</param>
    /// <returns>The object's bytes, until it is disposed.</returns>
    /// <exception cref="PackageObjectException">The store refuses, with its own error code, or cannot be reached.</exception>
    Task<IMemoryOwner<byte>> ReadAsync(
        Credential caller, string bucket, string key, string? versionId, long maxBytes, CancellationToken cancellationToken);
}
