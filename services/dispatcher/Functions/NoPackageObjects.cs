using System.Buffers;
using Glue.Foundation.Signing;

namespace Glue.Dispatcher.Functions;

/// <summary>Of a host without an object store.</summary>
internal sealed class NoPackageObjects : IPackageObjects
{
    public Task<IMemoryOwner<byte>> ReadAsync(
        Credential caller, string bucket, string key, string? versionId, long maxBytes, CancellationToken cancellationToken) =>
        throw new PackageObjectException("NoSuchBucket", "No object store is attached; upload the zip with ZipFile.");
}
