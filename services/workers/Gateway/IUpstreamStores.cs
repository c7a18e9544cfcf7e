using Glue.Foundation.Signing;

namespace Glue.Workers.Gateway;

/// <summary>Which attached store a function's bucket lies in.</summary>
public interface IUpstreamStores
{
    /// <summary>Looks where the name leads for that account.</summary>
    /// <param name="accountId">The function's.</param>
    /// <param name="bucket">As the function names it.</param>
    /// <param name="eventStore">The store whose event the function is running for; its buckets come first. Null: the embedded store's, or none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null: the embedded store.</returns>
    /// <exception cref="BucketNotFoundException">The name does not lead to one bucket.</exception>
    /// <exception cref="HttpRequestException">A store that may have it does not answer.</exception>
    ValueTask<UpstreamStore?> FindAsync(string accountId, string bucket, string? eventStore, CancellationToken cancellationToken);
}

/// <summary>An attached store as the gateway needs it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Endpoint">Scheme, host and port.</param>
/// <param name="Region">That requests are signed for.</param>
/// <param name="IsPathStyle">True: the bucket is in the path; false: before the host.</param>
/// <param name="Credential">The store's real keys.</param>
public sealed record UpstreamStore(string Name, Uri Endpoint, string Region, bool IsPathStyle, Credential Credential);

/// <summary>A bucket's name does not lead to one bucket; the message, for the function's author, says why.</summary>
public sealed class BucketNotFoundException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>There is the embedded store alone.</summary>
internal sealed class NoAttachedStores : IUpstreamStores
{
    public ValueTask<UpstreamStore?> FindAsync(string accountId, string bucket, string? eventStore, CancellationToken cancellationToken) => default;
}
