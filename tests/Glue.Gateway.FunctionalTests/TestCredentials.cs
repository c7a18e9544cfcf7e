using Glue.Foundation.Signing;
using Glue.Workers.Sandboxes;

namespace Glue.Gateway.FunctionalTests;

/// <summary>One gateway key per account, and one of a person.</summary>
internal sealed class TestCredentials : IStorageCredentials, ICredentialSource
{
    public static Credential Person { get; } = new("AKPERSON", "person-secret", GatewayHost.Account, "person");

    public Credential For(string accountId) =>
        new("GATEWAY" + accountId, "secret-of-" + accountId, accountId, "gateway", IsStorageGateway: true);

    public Credential? Find(string accessKeyId) =>
        accessKeyId == Person.AccessKeyId ? Person
        : accessKeyId.StartsWith("GATEWAY", StringComparison.Ordinal) ? For(accessKeyId["GATEWAY".Length..])
        : null;
}
