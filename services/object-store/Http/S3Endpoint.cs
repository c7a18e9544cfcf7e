using System.Diagnostics;
using Glue.Foundation.S3;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Cors;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Forms;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Glue.ObjectStore.Http;

/// <summary>The S3 API's one door: ids, signature, bucket, operation, and whatever goes wrong on the way as S3's XML.</summary>
internal sealed class S3Endpoint(
    SigV4Verifier verifier, LegacyPresignedUrl legacyUrls, BucketCatalog buckets, CrossOrigin crossOrigin, FormUploads forms, S3Operations operations,
    ObjectStoreOptions options, ObjectStoreMetrics metrics, ILogger<S3Endpoint> logger)
{
    public Task HandleAsync(HttpContext http) => HandleAsync(http, caller: null);

    /// <param name="http">A request for <c>/bucket/key</c>.</param>
    /// <param name="caller">Who sends it, known without a signature; null: whom the signature names.</param>
    public async Task HandleAsync(HttpContext http, Credential? caller)
    {
        var started = Stopwatch.GetTimestamp();
        var ids = RequestIds.New();
        http.Response.Headers["x-amz-request-id"] = ids.RequestId;
        http.Response.Headers["x-amz-id-2"] = ids.HostId;
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        try
        {
            var request = new S3Request(http, ids, S3ResourceName.Parse(target, http.Request.Host.Value ?? "", options.BaseDomains));
            await AnswerAsync(request, caller);
        }
        catch (Exception e)
        {
            await AnswerAsync(http, ids, target, e);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        metrics.Answered(http.Request.Method, http.Response.StatusCode, elapsed);
        Log.Answered(logger, ids.RequestId, http.Request.Method, target, http.Response.StatusCode, elapsed.TotalMilliseconds);
    }

    private async Task AnswerAsync(S3Request request, Credential? caller)
    {
        if (HttpMethods.IsOptions(request.Http.Request.Method))
        {
            crossOrigin.AnswerPreflight(request);
            return;
        }

        crossOrigin.AddHeaders(request);
        if (FormUploads.IsOne(request))
        {
            await forms.AnswerAsync(request, FindBucket);
            return;
        }

        if (caller is null)
        {
            Authenticate(request);
        }
        else
        {
            (request.Credential, request.PayloadSigning) = (caller, PayloadSigning.WithoutSignature(request.Header("x-amz-content-sha256")));
        }

        FindBucket(request);
        var operation = operations.Find(request);
        if (request.BucketOrNull is { } bucket && operation.Action is { } action)
        {
            AccessControl.Check(request, bucket, request.Key, action);
        }
        else if (request.BucketOrNull is null && request.AnonymousRefusal is { } refusal)
        {
            throw refusal;
        }

        await operation.RunAsync(request);
    }

    private void Authenticate(S3Request request)
    {
        var result = verifier.Verify(request.Http.Request, "s3");
        if (result.Failure is { Kind: SigV4FailureKind.Unsupported } && LegacyPresignedUrl.IsOne(request))
        {
            request.Credential = legacyUrls.Verify(request);
            return;
        }

        if (result.Failure is { Kind: SigV4FailureKind.Missing } missing)
        {
            request.Credential = AccessControl.Anonymous;
            request.AnonymousRefusal = SignatureErrors.From(missing, request);
            request.PayloadSigning = request.Header("x-amz-content-sha256") == "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
                ? PayloadSigning.StreamingUnsignedTrailer
                : PayloadSigning.Unsigned;
            return;
        }

        if (result.Failure is { } failure)
        {
            throw SignatureErrors.From(failure, request);
        }

        request.Credential = result.Credential!;
        request.PayloadSigning = result.PayloadSigning;
    }

    /// <summary>Whether the sender may do anything with the bucket is decided with the operation.</summary>
    private void FindBucket(S3Request request)
    {
        var creates = request.Key.Length == 0 && HttpMethods.IsPut(request.Http.Request.Method) && !S3Operations.NamesSubresource(request);
        if (request.BucketName.Length == 0 || creates)
        {
            return;
        }

        request.BucketOrNull = buckets.Find(request.BucketName)
            ?? throw request.AnonymousRefusal ?? new S3Exception(S3Error.NoSuchBucket) { Details = [("BucketName", request.BucketName)] };
        if (request.Header("x-amz-expected-bucket-owner") is { } owner && owner != request.Bucket.AccountId)
        {
            throw new S3Exception(S3Error.AccessDenied);
        }
    }

    private async Task AnswerAsync(HttpContext http, RequestIds ids, string target, Exception exception)
    {
        if (exception is not S3Exception && HasLeft(http, exception))
        {
            Log.ClientLeft(logger, ids.RequestId, exception);
            Abort(http);
            return;
        }

        var error = Translate(http, ids, target, exception);
        if (http.Response.HasStarted)
        {
            http.Abort(); // half an object with status 200 must not look complete
            return;
        }

        try
        {
            await ErrorAnswer.SendAsync(http, ids, target, error);
        }
        catch (Exception e) when (HasLeft(http, e))
        {
            Log.ClientLeft(logger, ids.RequestId, e);
            Abort(http);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            Log.Failed(logger, ids.RequestId, http.Request.Method, target, e);
            await ErrorAnswer.SendPlainAsync(http, ids, error.Error);
        }
    }

    /// <summary>A read may fail of the broken connection before the request is told that it is aborted.</summary>
    private static bool HasLeft(HttpContext http, Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is ConnectionAbortedException or ConnectionResetException)
            {
                return true;
            }
        }

        return http.RequestAborted.IsCancellationRequested;
    }

    private static void Abort(HttpContext http)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // nobody reads it, but it is counted
        }

        http.Abort();
    }

    private S3Exception Translate(HttpContext http, RequestIds ids, string target, Exception exception)
    {
        switch (exception)
        {
            case S3Exception known:
                return known;
            case S3NameException notUtf8:
                return new S3Exception(S3Error.InvalidUri, notUtf8.Message, notUtf8);
            case BadHttpRequestException bad:
                return new S3Exception(bad.StatusCode switch { 413 => S3Error.EntityTooLarge, 408 => S3Error.RequestTimeout, _ => S3Error.IncompleteBody }, bad.Message, bad);
            case BodyDamagedException damaged:
                Log.Damaged(logger, damaged.Blob, damaged.What);
                return new S3Exception(S3Error.ObjectDamaged, inner: damaged);
            case var full when DiskFull.Is(full):
                Log.DiskFull(logger, ids.RequestId, full);
                return new S3Exception(S3Error.InsufficientStorage, inner: full);
            default:
                Log.Failed(logger, ids.RequestId, http.Request.Method, target, exception);
                return new S3Exception(S3Error.InternalError, inner: exception);
        }
    }
}
