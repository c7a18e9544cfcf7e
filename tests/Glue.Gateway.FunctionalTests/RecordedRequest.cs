namespace Glue.Gateway.FunctionalTests;

/// <summary>What arrived at the store.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="RawTarget">Path and query as on the wire.</param>
/// <param name="Headers">Names in any case.</param>
/// <param name="SignedBy">The access key id of a good signature; null when it was not good.</param>
/// <param name="BodyBytes">Bytes of the body that arrived.</param>
/// <param name="Complete">False: the body broke off.</param>
internal sealed record RecordedRequest(
    string Method, string RawTarget, IReadOnlyDictionary<string, string> Headers, string? SignedBy, long BodyBytes, bool Complete);
