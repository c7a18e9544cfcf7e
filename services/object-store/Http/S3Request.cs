using System.Net;
using Glue.Foundation.Policies;
using Glue.Foundation.S3;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Buckets;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Http;

/// <summary>One request, as far as it is understood: what it names and who sent it.</summary>
internal sealed class S3Request(HttpContext http, RequestIds ids, S3ResourceName resource) : IPolicyContext
{
    public HttpContext Http => http;

    public IHeaderDictionary Headers => http.Request.Headers;

    public RequestIds Ids => ids;

    public IQueryCollection Query => http.Request.Query;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>Empty for ListBuckets.</summary>
    public string BucketName => resource.Bucket;

    /// <summary>The bucket came from the Host header.</summary>
    public bool IsVirtualHost => resource.IsVirtualHost;

    /// <summary>Empty for bucket operations.</summary>
    public string Key => resource.Key;

    /// <summary>Set once the signature was verified.</summary>
    public Credential Credential { get; set; } = null!;

    /// <summary>What an anonymous sender is told unless a policy lets it in; null: the request is signed.</summary>
    public S3Exception? AnonymousRefusal { get; set; }

    public PayloadSigning PayloadSigning { get; set; } = PayloadSigning.Unsigned;

    /// <summary>The bucket, looked up and allowed; null for operations without one and for CreateBucket.</summary>
    public Bucket? BucketOrNull { get; set; }

    public Bucket Bucket => BucketOrNull ?? throw new InvalidOperationException("This operation has no bucket.");

    public bool Has(string queryName) => Query.ContainsKey(queryName);

    /// <summary>A query parameter, null when it is absent.</summary>
    public string? Ask(string queryName) => Query.TryGetValue(queryName, out var value) ? value.ToString() : null;

    /// <summary>A header, null when it is absent or empty.</summary>
    public string? Header(string name) => Headers.Text(name);

    IPAddress? IPolicyContext.Address => http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
        ? mapped.MapToIPv4()
        : http.Connection.RemoteIpAddress;

    string? IPolicyContext.Value(string key) => key switch
    {
        "aws:principalaccount" => Credential.AccountId is { Length: > 0 } account ? account : null,
        "aws:referer" => Header("Referer"),
        "aws:securetransport" => http.Request.IsHttps ? "true" : "false",
        "s3:prefix" => Ask("prefix") ?? "",
        "s3:delimiter" => Ask("delimiter") ?? "",
        _ => null,
    };

    /// <summary>A whole number in the query, within bounds.</summary>
    /// <exception cref="S3Exception">InvalidArgument.</exception>
    public int AskNumber(string queryName, int least, int most, int otherwise)
    {
        if (Ask(queryName) is not { Length: > 0 } text)
        {
            return otherwise;
        }

        return int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out var number) && number >= least
            ? Math.Min(number, most)
            : throw new S3Exception(S3Error.InvalidArgument, $"Argument {queryName} must be an integer between {least} and {most}");
    }
}
