using Glue.Workers.Gateway;

namespace Glue.Gateway.FunctionalTests;

/// <summary>Bucket <c>far</c> lies in an attached store, all others in the embedded one.</summary>
internal sealed class OneAttachedStore(Uri address) : IUpstreamStores
{
    public ValueTask<UpstreamStore?> FindAsync(string accountId, string bucket, string? eventStore, CancellationToken cancellationToken) =>
        new(bucket == "far" ? new UpstreamStore("remote", address, "us-east-1", IsPathStyle: true, TestCredentials.Person) : null);
}
