using System.Diagnostics;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Buckets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Glue.ObjectStore.Http;

/// <summary>The S3 API's one door: ids, signature, bucket, operation, and whatever goes wrong on the way as S3's XML.</summary>
internal sealed class S3Endpoint(
    SigV4Verifier verifier, LegacyPresignedUrl legacyUrls, BucketCatalog buckets, S3Operations operations, ObjectStoreOptions options, ObjectStoreMetrics metrics,
    ILogger<S3Endpoint> logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        var started = Stopwatch.GetTimestamp();
        var ids = RequestIds.New();
        http.Response.Headers["x-amz-request-id"] = ids.RequestId;
        http.Response.Headers["x-amz-id-2"] = ids.HostId;
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        try
        {
            var request = new S3Request(http, ids, ResourceName.Parse(target, http.Request.Host.Value ?? "", options.BaseDomains));
            Authenticate(request);
            FindBucket(request);
            await operations.RunAsync(request);
        }
        catch (Exception e)
        {
            await AnswerAsync(http, ids, target, e);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        metrics.Answered(http.Request.Method, http.Response.StatusCode, elapsed);
        Log.Answered(logger, ids.RequestId, http.Request.Method, target, http.Response.StatusCode, elapsed.TotalMilliseconds);
    }

    private void Authenticate(S3Request request)
    {
        var result = verifier.Verify(request.Http.Request, "s3");
        if (result.Failure is { Kind: SigV4FailureKind.Unsupported } && LegacyPresignedUrl.IsOne(request))
        {
            request.Credential = legacyUrls.Verify(request);
            return;
        }

        if (result.Failure is { } failure)
        {
            throw SignatureErrors.From(failure, request);
        }

        request.Credential = result.Credential!;
        request.PayloadSigning = result.PayloadSigning;
    }

    /// <summary>Nothing of another account ever answers, whatever the operation.</summary>
    private void FindBucket(S3Request request)
    {
        var creates = request.Key.Length == 0 && HttpMethods.IsPut(request.Http.Request.Method) && !S3Operations.NamesSubresource(request);
        if (request.BucketName.Length == 0 || creates)
        {
            return;
        }

        var bucket = buckets.Find(request.BucketName)
            ?? throw new S3Exception(S3Error.NoSuchBucket) { Details = [("BucketName", request.BucketName)] };
        var expectedOwner = request.Header("x-amz-expected-bucket-owner");
        request.BucketOrNull = bucket.AccountId == request.Credential.AccountId && (expectedOwner is null || expectedOwner == bucket.AccountId)
            ? bucket
            : throw new S3Exception(S3Error.AccessDenied);
    }

    private async Task AnswerAsync(HttpContext http, RequestIds ids, string target, Exception exception)
    {
        if (exception is not S3Exception && http.RequestAborted.IsCancellationRequested)
        {
            Log.ClientLeft(logger, ids.RequestId, exception);
            http.Abort();
            return;
        }

        var error = Translate(http, ids, target, exception);
        if (http.Response.HasStarted)
        {
            http.Abort(); // half an object with status 200 must not look complete
            return;
        }

        await ErrorAnswer.SendAsync(http, ids, target, error);
    }

    private S3Exception Translate(HttpContext http, RequestIds ids, string target, Exception exception)
    {
        switch (exception)
        {
            case S3Exception known:
                return known;
            case BadHttpRequestException bad:
                return new S3Exception(bad.StatusCode == 413 ? S3Error.EntityTooLarge : S3Error.IncompleteBody, bad.Message, bad);
            case var full when DiskFull.Is(full):
                Log.DiskFull(logger, ids.RequestId, full);
                return new S3Exception(S3Error.InsufficientStorage, inner: full);
            default:
                Log.Failed(logger, ids.RequestId, http.Request.Method, target, exception);
                return new S3Exception(S3Error.InternalError, inner: exception);
        }
    }
}
