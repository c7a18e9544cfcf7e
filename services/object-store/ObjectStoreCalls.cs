using Glue.Foundation.Signing;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore;

/// <summary>The S3 API for whoever is in the store's own process and has a request at hand already: no connection, no signature.</summary>
public sealed class ObjectStoreCalls
{
    private readonly S3Endpoint _endpoint;

    internal ObjectStoreCalls(S3Endpoint endpoint) => _endpoint = endpoint;

    /// <summary>Answers the request, errors as S3's XML.</summary>
    /// <param name="http">For <c>/bucket/key</c>. What its headers say of a signature is not looked at; the framing of an <c>aws-chunked</c> body is taken off.</param>
    /// <param name="caller">Who sends it.</param>
    public Task AnswerAsync(HttpContext http, Credential caller) => _endpoint.HandleAsync(http, caller);
}
