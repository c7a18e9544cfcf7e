using Glue.Foundation.Signing;

namespace Glue.Foundation.Tests.Signing;

/// <summary>The key pair of AWS's published examples, and others a test adds.</summary>
internal sealed class Keys : ICredentialSource
{
    public static readonly Credential Example = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "000000000000", "example");

    private readonly Dictionary<string, Credential> _credentials = new(StringComparer.Ordinal) { [Example.AccessKeyId] = Example };

    public void Add(Credential credential) => _credentials[credential.AccessKeyId] = credential;

    public Credential? Find(string accessKeyId) => _credentials.GetValueOrDefault(accessKeyId);
}
