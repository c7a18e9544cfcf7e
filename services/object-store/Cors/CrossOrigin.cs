using System.Globalization;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Cors;

/// <summary>What a browser is told about a request of another origin's page: before it (OPTIONS) and with its answer.</summary>
internal sealed class CrossOrigin(BucketCatalog buckets)
{
    private static readonly S3Error Forbidden = new("AccessForbidden", 403, "CORSResponse: This CORS request is not allowed.");

    /// <summary>Adds the headers to an answer, a refusal too: else the page's script could not read why.</summary>
    public void AddHeaders(S3Request request)
    {
        if (request.Header("Origin") is { } origin
            && buckets.Find(request.BucketName)?.Settings.Cors?.Find(origin, request.Http.Request.Method, []) is { } rule)
        {
            Send(request, rule, origin);
        }
    }

    /// <summary>Answers OPTIONS. Browsers do not sign it.</summary>
    /// <exception cref="S3Exception">BadRequest, AccessForbidden, NoSuchBucket.</exception>
    public void AnswerPreflight(S3Request request)
    {
        var origin = request.Header("Origin") ?? throw new S3Exception(S3Error.BadRequest, "Insufficient information. Origin request header needed.");
        var method = request.Header("Access-Control-Request-Method")
            ?? throw new S3Exception(S3Error.BadRequest, "Invalid Access-Control-Request-Method: null");
        var bucket = buckets.Find(request.BucketName)
            ?? throw new S3Exception(S3Error.NoSuchBucket) { Details = [("BucketName", request.BucketName)] };
        var cors = bucket.Settings.Cors ?? throw new S3Exception(Forbidden, "CORSResponse: CORS is not enabled for this bucket.");
        string[] headers = (request.Header("Access-Control-Request-Headers") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var rule = cors.Find(origin, method, headers)
            ?? throw new S3Exception(Forbidden, $"{Forbidden.Message} No rule of the bucket allows {method} from {origin} with these headers.");
        Send(request, rule, origin);
        var response = request.Http.Response.Headers;
        if (headers.Length > 0)
        {
            response.AccessControlAllowHeaders = HeaderText.ForAnswer(string.Join(", ", headers.Select(static header => header.ToLowerInvariant())), "Access-Control-Request-Headers");
        }

        if (rule.MaxAgeSeconds is { } age)
        {
            response.AccessControlMaxAge = age.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static void Send(S3Request request, CorsRule rule, string origin)
    {
        var response = request.Http.Response.Headers;
        if (rule.Origins.Contains("*"))
        {
            response.AccessControlAllowOrigin = "*";
        }
        else
        {
            response.AccessControlAllowOrigin = HeaderText.ForAnswer(origin, "Origin");
            response.AccessControlAllowCredentials = "true";
        }

        response.AccessControlAllowMethods = string.Join(", ", rule.Methods);
        if (rule.ExposedHeaders.Count > 0)
        {
            response.AccessControlExposeHeaders = string.Join(", ", rule.ExposedHeaders);
        }

        response.Vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
    }
}
