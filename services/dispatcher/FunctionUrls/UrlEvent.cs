using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Glue.Foundation.Http;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>A request as the function gets it: payload format 2.0 (Lambda Developer Guide, "Invoking Lambda function URLs", read 2026-11).</summary>
internal static class UrlEvent
{
    // Nobody puts it into a page; escapes would make text of other alphabets up to three times as long.
    private static readonly JsonWriterOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="context">The request; its body has been read.</param>
    /// <param name="id">The URL's.</param>
    /// <param name="body">The body; what is not text becomes base64.</param>
    /// <param name="caller">Who signed; null: nobody had to.</param>
    /// <param name="requestId">Of the invocation.</param>
    /// <param name="now">When.</param>
    public static ReadOnlyMemory<byte> Of(HttpContext context, string id, ReadOnlySpan<byte> body, Credential? caller, string requestId, DateTimeOffset now)
    {
        var request = context.Request;
        var target = RequestTarget.WithoutAuthority(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).ToString();
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark switch { < 0 => target, 0 => "/", _ => target[..mark] };
        var source = context.Connection.RemoteIpAddress?.ToString() ?? "";
        var output = new ArrayBufferWriter<byte>(body.Length + 2048);
        using var json = new Utf8JsonWriter(output, Compact);
        json.WriteStartObject();
        json.WriteString("version", "2.0");
        json.WriteString("routeKey", "$default");
        json.WriteString("rawPath", path);
        json.WriteString("rawQueryString", mark < 0 ? "" : target[(mark + 1)..]);
        WriteCookies(json, request);
        WriteHeaders(json, request, source);
        WriteQuery(json, request);
        json.WriteStartObject("requestContext");
        json.WriteString("accountId", caller?.AccountId ?? "anonymous");
        json.WriteString("apiId", id);
        WriteCaller(json, caller);
        json.WriteString("domainName", request.Host.Host);
        json.WriteString("domainPrefix", id);
        json.WriteStartObject("http");
        json.WriteString("method", request.Method);
        json.WriteString("path", path);
        json.WriteString("protocol", request.Protocol);
        json.WriteString("sourceIp", source);
        json.WriteString("userAgent", request.Headers.UserAgent.ToString());
        json.WriteEndObject();
        json.WriteString("requestId", requestId);
        json.WriteString("routeKey", "$default");
        json.WriteString("stage", "$default");
        json.WriteString("time", now.ToUniversalTime().ToString("dd/MMM/yyyy:HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        json.WriteNumber("timeEpoch", now.ToUnixTimeMilliseconds());
        json.WriteEndObject();
        WriteBody(json, request.ContentType, body);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void WriteCookies(Utf8JsonWriter json, HttpRequest request)
    {
        if (request.Headers.Cookie.Count == 0)
        {
            return;
        }

        json.WriteStartArray("cookies");
        foreach (var cookie in request.Headers.Cookie.SelectMany(static line => (line ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            json.WriteStringValue(cookie);
        }

        json.WriteEndArray();
    }

    private static void WriteHeaders(Utf8JsonWriter json, HttpRequest request, string source)
    {
        json.WriteStartObject("headers");
        foreach (var (name, values) in request.Headers)
        {
            if (!name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) && !name.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase))
            {
                json.WriteString(name.ToLowerInvariant(), string.Join(',', values.ToArray()));
            }
        }

        var via = request.Headers["X-Forwarded-For"].ToString();
        json.WriteString("x-forwarded-for", via.Length > 0 ? $"{via},{source}" : source);
        WriteUnlessGiven(json, request, "x-forwarded-proto", request.Scheme);
        WriteUnlessGiven(json, request, "x-forwarded-port", (request.Host.Port ?? (request.IsHttps ? 443 : 80)).ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WriteUnlessGiven(Utf8JsonWriter json, HttpRequest request, string name, string value)
    {
        if (!request.Headers.ContainsKey(name))
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteQuery(Utf8JsonWriter json, HttpRequest request)
    {
        if (request.Query.Count == 0)
        {
            return;
        }

        json.WriteStartObject("queryStringParameters");
        foreach (var (name, values) in request.Query)
        {
            json.WriteString(name, string.Join(',', values.ToArray()));
        }

        json.WriteEndObject();
    }

    private static void WriteCaller(Utf8JsonWriter json, Credential? caller)
    {
        if (caller is null)
        {
            return;
        }

        json.WriteStartObject("authorizer");
        json.WriteStartObject("iam");
        json.WriteString("accessKey", caller.AccessKeyId);
        json.WriteString("accountId", caller.AccountId);
        json.WriteString("callerId", caller.PrincipalId);
        json.WriteNull("cognitoIdentity");
        json.WriteNull("principalOrgId");
        json.WriteString("userArn", $"arn:aws:iam::{caller.AccountId}:root");
        json.WriteString("userId", caller.PrincipalId);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter json, string? contentType, ReadOnlySpan<byte> body)
    {
        var isText = IsText(contentType) && Utf8.IsValid(body);
        if (isText && body.Length > 0)
        {
            json.WriteString("body", body);
        }
        else if (body.Length > 0)
        {
            json.WriteString("body", Convert.ToBase64String(body));
        }

        json.WriteBoolean("isBase64Encoded", !isText && body.Length > 0);
    }

    /// <summary>What AWS passes on as it is; forms, notably, are not among it.</summary>
    private static bool IsText(string? contentType)
    {
        var type = (contentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
        return type.StartsWith("text/", StringComparison.Ordinal) || type is "application/json" or "application/xml" or "application/javascript"
            || type.EndsWith("+json", StringComparison.Ordinal) || type.EndsWith("+xml", StringComparison.Ordinal);
    }
}
