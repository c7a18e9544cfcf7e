using Glue.Foundation.Signing;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.ObjectStore.Forms;

/// <summary>
/// POST of an HTML form (S3 API Reference, "POST Object", read 2026-11): the fields first, the file last. What may be uploaded is said
/// by the signed policy among the fields, so that a web page needs no key.
/// </summary>
internal sealed class FormUploads(ObjectCatalog catalog, FormSignature signature, BlobFiles files, ObjectStoreOptions options, TimeProvider time)
{
    public static bool IsOne(S3Request request) =>
        HttpMethods.IsPost(request.Http.Request.Method) && request.Key.Length == 0 && request.BucketName.Length > 0
        && request.Http.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;

    /// <param name="request">The form's.</param>
    /// <param name="findBucket">Sets the request's bucket, once it is known who asks.</param>
    public async Task AnswerAsync(S3Request request, Action<S3Request> findBucket)
    {
        if (request.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null; // the file is counted below
        }

        var form = await FormReader.ReadFieldsAsync(request);
        var policy = Authenticate(request, form);
        findBucket(request);
        var key = (form["key"] ?? throw Missing("key")).Replace("${filename}", form.FileName, StringComparison.Ordinal);
        form["key"] = key;
        var keyBytes = ObjectKey.ToBytes(key);
        if (keyBytes.Length == 0)
        {
            throw new S3Exception(S3Error.InvalidArgument, "User key must have a length greater than 0.") { Details = [("ArgumentName", "key")] };
        }

        policy?.CheckFields(request.BucketName, form);
        AccessControl.Check(request, request.Bucket, key, "s3:PutObject");
        var asHeaders = form.AsHeaders();
        var headers = ObjectHeaders.Read(asHeaders);
        var tags = form.Tags();
        var (least, most) = policy?.Length ?? (0, long.MaxValue);
        using var blob = files.Create();
        using var body = new FormFileReader(form.File);
        var received = await BodyReceiver.ReceiveAsync(asHeaders, body, blob, Math.Min(most, options.MaxPutBytes), request.Aborted);
        if (received.Length < least)
        {
            throw new S3Exception(S3Error.EntityTooSmall) { Details = [("ProposedSize", received.Length.ToString()), ("MinSizeAllowed", least.ToString())] };
        }

        var stored = await new ReceivedObject(blob, received, headers, tags).StoreAsync(catalog, request, key, WriteConditions.Read(request), "ObjectCreated:Post", time);
        VersionHeaders.Send(request, stored.Version);
        await FormAnswer.SendAsync(request, form, key, stored);
    }

    /// <returns>Null: the form has neither policy nor signature, and only a bucket's policy can let it in.</returns>
    private FormPolicy? Authenticate(S3Request request, FormFields form)
    {
        request.PayloadSigning = PayloadSigning.Unsigned;
        if (form["policy"] is not { } policy)
        {
            request.Credential = AccessControl.Anonymous;
            request.AnonymousRefusal = new S3Exception(S3Error.AccessDenied, "The form has no policy: it is anonymous.");
            return null;
        }

        request.Credential = signature.Verify(form, policy);
        return FormPolicy.Parse(policy, time.GetUtcNow());
    }

    private static S3Exception Missing(string field) =>
        new(S3Error.InvalidArgument, $"Bucket POST must contain a field named '{field}'. If it is specified, please check the order of the fields.")
        {
            Details = [("ArgumentName", field), ("ArgumentValue", "")],
        };
}
