using System.Globalization;
using System.Net;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Workers.Gateway;

/// <summary>
/// The embedded store, where it is in this process: it answers the function's request itself. A request of the gateway's own would be parsed,
/// signed, verified and copied a second time, which was half of what a storage request cost.
/// </summary>
internal sealed class EmbeddedStore(StorageGatewayOptions options, IStorageCredentials credentials, GatewayMetrics metrics)
{
    /// <summary>False: it is a server like any other.</summary>
    public bool IsHere => options.Embedded is not null;

    /// <param name="context">Admitted already.</param>
    /// <param name="sandbox">Who asks.</param>
    /// <param name="denied">What of a DeleteObjects was left out.</param>
    /// <exception cref="GatewayRefusalException">Not a storage request.</exception>
    public async Task AnswerAsync(HttpContext context, SandboxIdentity sandbox, DeniedDeletions? denied)
    {
        Prepare(context, sandbox);
        var answer = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var (sent, received) = (new CountedRequestBody(context.Request, sandbox.Usage), new CountedResponseBody(answer, sandbox.Usage));
        context.Request.Body = sent;
        context.Features.Set<IHttpResponseBodyFeature>(received);
        try
        {
            await (denied is null ? CallAsync(context, sandbox) : AddAsync(denied, context, sandbox));
            metrics.Forwarded(context.Request.Method, context.Response.StatusCode);
        }
        finally
        {
            context.Features.Set(answer);
            metrics.Moved("written", sent.Count);
            metrics.Moved("read", received.Count);
        }
    }

    private Task CallAsync(HttpContext context, SandboxIdentity sandbox) => options.Embedded!(context, credentials.For(sandbox.Version.AccountId));

    private async Task AddAsync(DeniedDeletions denied, HttpContext context, SandboxIdentity sandbox)
    {
        var answer = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var held = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(held));
        await CallAsync(context, sandbox);
        context.Features.Set(answer);
        await (context.Response.StatusCode == StatusCodes.Status200OK
            ? denied.AddToAsync(held.ToArray(), context)
            : context.Response.Body.WriteAsync(held.GetBuffer().AsMemory(0, (int)held.Length), context.RequestAborted).AsTask());
    }

    /// <summary>Makes the function's request the gateway's: what only holds inside its sandbox is gone, what the store believes of us is there.</summary>
    private void Prepare(HttpContext context, SandboxIdentity sandbox)
    {
        var request = context.Request;
        UpstreamRequest.RefuseWhatIsNotStorage(request);
        var line = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var target = UpstreamTarget.WithoutSignature(line.RawTarget)
            ?? throw new GatewayRefusalException(GatewayError.NotAProxy);
        if (!ReferenceEquals(target, line.RawTarget))
        {
            line.RawTarget = target;
            request.QueryString = new QueryString(target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var question ? target[question..] : "");
        }

        request.Host = new HostString(options.Upstream().Authority); // the bucket is in the path, whatever the function calls its host
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        foreach (var name in request.Headers.Keys)
        {
            if (HeaderRules.IsOfSandbox(name))
            {
                request.Headers.Remove(name);
            }
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            request.Headers["x-glue-lineage"] = (sandbox.CurrentLineageDepth + 1).ToString(CultureInfo.InvariantCulture);
        }
    }
}
