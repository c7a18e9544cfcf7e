namespace Glue.Foundation.Signing;

/// <summary>Finds the credential of an access key id.</summary>
public interface ICredentialSource
{
    /// <returns>Null when there is none.</returns>
    Credential? Find(string accessKeyId);
}
