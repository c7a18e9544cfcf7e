using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Glue.Foundation.Signing;

/// <summary>The signature's parts as the request carries them, in its header or its query. Spans point into the request.</summary>
internal ref struct SigV4Request
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary><c>accessKeyId/yyyyMMdd/region/service/aws4_request</c>.</summary>
    public ReadOnlySpan<char> Credential { get; private set; }

    /// <summary>Lower-case names with <c>;</c> between.</summary>
    public ReadOnlySpan<char> SignedHeaders { get; private set; }

    /// <summary>Hexadecimal.</summary>
    public ReadOnlySpan<char> Signature { get; private set; }

    /// <summary><c>yyyyMMddTHHmmssZ</c>.</summary>
    public string Timestamp { get; private set; }

    public DateTimeOffset SignedAt { get; private set; }

    /// <summary>Null unless presigned.</summary>
    public TimeSpan? Lifetime { get; private set; }

    public string? SessionToken { get; private set; }

    public readonly bool IsPresigned => Lifetime is not null;

    public readonly ReadOnlySpan<char> AccessKeyId => Credential[..ScopeStart(Credential)];

    public readonly ReadOnlySpan<char> Scope => Credential[(ScopeStart(Credential) + 1)..];

    /// <returns>Null when all parts are there and readable.</returns>
    public static SigV4Failure? TryRead(HttpRequest request, out SigV4Request signature)
    {
        signature = new SigV4Request { Timestamp = "" };
        string? authorization = request.Headers.Authorization;
        if (!string.IsNullOrEmpty(authorization))
        {
            return signature.ReadHeader(request, authorization);
        }

        if (request.QueryString.HasValue && request.QueryString.Value!.Contains("X-Amz-Algorithm=", StringComparison.Ordinal))
        {
            return signature.ReadQuery(request.Query);
        }

        return request.QueryString.HasValue && request.Query.ContainsKey("AWSAccessKeyId")
            ? Unsupported()
            : new SigV4Failure(SigV4FailureKind.Missing, "The request is not signed. Give the client an access key and a secret key.");
    }

    private static SigV4Failure Unsupported() => new(
        SigV4FailureKind.Unsupported, "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");

    private static SigV4Failure Malformed(string message) => new(SigV4FailureKind.Malformed, message);

    private SigV4Failure? ReadHeader(HttpRequest request, string authorization)
    {
        if (!authorization.StartsWith(Algorithm, StringComparison.Ordinal) || authorization.Length == Algorithm.Length
            || authorization[Algorithm.Length] is not (' ' or '\t'))
        {
            return Unsupported();
        }

        var fields = authorization.AsSpan(Algorithm.Length);
        foreach (var range in fields.Split(','))
        {
            var field = fields[range].Trim();
            if (field.StartsWith("Credential=", StringComparison.Ordinal))
            {
                Credential = field["Credential=".Length..];
            }
            else if (field.StartsWith("SignedHeaders=", StringComparison.Ordinal))
            {
                SignedHeaders = field["SignedHeaders=".Length..];
            }
            else if (field.StartsWith("Signature=", StringComparison.Ordinal))
            {
                Signature = field["Signature=".Length..];
            }
        }

        SessionToken = request.Headers["x-amz-security-token"];
        string? date = request.Headers["x-amz-date"];
        if (date is null && DateTimeOffset.TryParse(request.Headers.Date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var httpDate))
        {
            date = httpDate.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        }

        return CheckParts(date);
    }

    private SigV4Failure? ReadQuery(IQueryCollection query)
    {
        if (query["X-Amz-Algorithm"] != Algorithm)
        {
            return Unsupported();
        }

        Credential = query["X-Amz-Credential"].ToString();
        SignedHeaders = query["X-Amz-SignedHeaders"].ToString();
        Signature = query["X-Amz-Signature"].ToString();
        string? token = query["X-Amz-Security-Token"];
        SessionToken = string.IsNullOrEmpty(token) ? null : token;
        if (!int.TryParse(query["X-Amz-Expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 604_800)
        {
            return Malformed("X-Amz-Expires must be a number of seconds from 1 to 604800 (one week).");
        }

        Lifetime = TimeSpan.FromSeconds(seconds);
        return CheckParts(query["X-Amz-Date"]);
    }

    private SigV4Failure? CheckParts(string? timestamp)
    {
        if (ScopeStart(Credential) <= 0 || !Credential.EndsWith("/aws4_request", StringComparison.Ordinal))
        {
            return Malformed("The credential must have the form KEY/yyyyMMdd/REGION/SERVICE/aws4_request.");
        }

        if (Signature.Length != 64 || SignedHeaders.IsEmpty)
        {
            return Malformed("The signature needs Credential, SignedHeaders and a Signature of 64 hexadecimal digits.");
        }

        if (!DateTimeOffset.TryParseExact(
                timestamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
        {
            return Malformed("A signed request needs its time as X-Amz-Date in the form yyyyMMddTHHmmssZ.");
        }

        Timestamp = timestamp!;
        SignedAt = signedAt;
        return Scope.StartsWith(timestamp.AsSpan(0, 8), StringComparison.Ordinal)
            ? null
            : Malformed("The date in the credential differs from the date of X-Amz-Date.");
    }

    /// <summary>Counted from the end, where the parts are fixed: an access key id may hold slashes.</summary>
    private static int ScopeStart(ReadOnlySpan<char> credential)
    {
        var position = credential.Length;
        for (var slashes = 0; slashes < 4; slashes++)
        {
            position = position > 0 ? credential[..position].LastIndexOf('/') : -1;
            if (position < 0)
            {
                return -1;
            }
        }

        return position;
    }
}
