namespace Glue.Workers.Sandboxes;

/// <summary>Temporary keys of one sandbox: what AWS calls session credentials.</summary>
/// <param name="AccessKeyId">Begins with <c>ASIA</c>, as all temporary ones.</param>
/// <param name="SecretAccessKey">Makes SDKs sign; opens nothing outside its sandbox.</param>
/// <param name="Token">Says whose they are and until when, under the worker's own seal.</param>
/// <param name="ExpiresAt">From then on they are refused.</param>
public sealed record SessionKey(string AccessKeyId, string SecretAccessKey, string Token, DateTimeOffset ExpiresAt)
{
    public override string ToString() => $"SessionKey {AccessKeyId}"; // a record would print the secret
}
