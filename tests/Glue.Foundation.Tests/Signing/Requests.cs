using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Foundation.Tests.Signing;

/// <summary>Requests as Kestrel would present them, from the lines that go over the wire.</summary>
internal static class Requests
{
    public static HttpRequest Parse(string method, string rawTarget, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        var feature = context.Features.Get<IHttpRequestFeature>()!;
        var question = rawTarget.IndexOf('?', StringComparison.Ordinal);
        feature.Method = method;
        feature.RawTarget = rawTarget;
        feature.Path = Uri.UnescapeDataString(question < 0 ? rawTarget : rawTarget[..question]);
        feature.QueryString = question < 0 ? "" : rawTarget[question..];
        foreach (var (name, value) in headers)
        {
            context.Request.Headers.Append(name, value);
        }

        return context.Request;
    }
}
