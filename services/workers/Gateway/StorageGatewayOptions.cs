using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.Workers.Gateway;

/// <summary>Where the storage gateway sends what functions ask of it.</summary>
public sealed record StorageGatewayOptions
{
    /// <summary>The store's S3 endpoint, e.g. <c>http://127.0.0.1:9000</c>. Asked for with every request: in one process the port is known only once it is bound.</summary>
    public required Func<Uri> Upstream { get; init; }

    /// <summary>
    /// Answers a request as the caller's, where the embedded store is in this process: it takes the function's request itself, instead of a second one
    /// over a connection to <see cref="Upstream"/>. Null: over the network.
    /// </summary>
    public Func<HttpContext, Credential, Task>? Embedded { get; init; }

    /// <summary>The region that requests are signed for; default us-east-1.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Longest wait for a connection to the store; default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where objects of attached stores are kept that functions have read, in files without names. Null, the default: none are.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>How many bytes of them, at most; a single one at most a quarter of it. Default 256 MiB; 0: none are kept.</summary>
    public long CacheBytes { get; init; } = 256 * 1024 * 1024;
}
