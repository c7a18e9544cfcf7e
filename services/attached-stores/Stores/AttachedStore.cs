using Glue.Foundation.Signing;

namespace Glue.AttachedStores.Stores;

/// <summary>An S3-compatible store that somebody else runs, and how to speak with it.</summary>
public sealed record AttachedStore
{
    /// <summary>Names the embedded store where a name is needed: no attached store may have it.</summary>
    public const string Embedded = "local";

    /// <summary>1 to 40 lower-case letters, digits and inner dashes; unique in the installation.</summary>
    public required string Name { get; init; }

    /// <summary>Whose functions may use it; also the account of <see cref="Credential"/>.</summary>
    public required string AccountId { get; init; }

    /// <summary>Scheme, host and port of its S3 API.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The region that requests are signed for.</summary>
    public required string Region { get; init; }

    /// <summary>True: <c>ENDPOINT/BUCKET/KEY</c>; false: <c>BUCKET.ENDPOINT/KEY</c>.</summary>
    public required bool IsPathStyle { get; init; }

    /// <summary>The store's own keys; they never leave the process.</summary>
    public required Credential Credential { get; init; }

    public required StoreNotify Notify { get; init; }

    /// <summary>What its webhook posts must show, 43 characters of base64url; made by Glue, kept while the store is attached.</summary>
    public required string Token { get; init; }

    public StoreSettings Settings { get; init; } = new();

    public required DateTimeOffset CreatedAt { get; init; }

    public override string ToString() => $"store {Name} at {Endpoint}"; // a record would print the secrets
}
