using Glue.Foundation.S3;

namespace Glue.Foundation.Tests.S3;

public sealed class S3ActionsTests
{
    [Theory]
    [InlineData("GET", null, "s3:ListBucket")]
    [InlineData("HEAD", null, "s3:ListBucket")]
    [InlineData("PUT", null, "s3:CreateBucket")]
    [InlineData("DELETE", null, "s3:DeleteBucket")]
    [InlineData("GET", "versions", "s3:ListBucketVersions")]
    [InlineData("GET", "uploads", "s3:ListBucketMultipartUploads")]
    [InlineData("PUT", "cors", "s3:PutBucketCORS")]
    [InlineData("DELETE", "tagging", "s3:PutBucketTagging")]
    [InlineData("GET", "lifecycle", "s3:GetLifecycleConfiguration")]
    [InlineData("GET", "notification", "s3:GetBucketNotification")]
    [InlineData("DELETE", "policy", "s3:DeleteBucketPolicy")]
    [InlineData("GET", "policyStatus", "s3:GetBucketPolicyStatus")]
    [InlineData("PUT", "publicAccessBlock", "s3:PutBucketPublicAccessBlock")]
    [InlineData("GET", "object-lock", "s3:GetBucketObjectLockConfiguration")]
    [InlineData("POST", "delete", null)]
    public void Of_a_bucket(string method, string? subresource, string? action) => Assert.Equal(action, S3Actions.OfBucket(method, subresource));

    [Theory]
    [InlineData("GET", null, false, "s3:GetObject")]
    [InlineData("HEAD", null, true, "s3:GetObjectVersion")]
    [InlineData("PUT", null, false, "s3:PutObject")]
    [InlineData("DELETE", null, false, "s3:DeleteObject")]
    [InlineData("DELETE", null, true, "s3:DeleteObjectVersion")]
    [InlineData("POST", "uploads", false, "s3:PutObject")]
    [InlineData("PUT", "uploadId", false, "s3:PutObject")]
    [InlineData("GET", "uploadId", false, "s3:ListMultipartUploadParts")]
    [InlineData("DELETE", "uploadId", false, "s3:AbortMultipartUpload")]
    [InlineData("GET", "tagging", true, "s3:GetObjectVersionTagging")]
    [InlineData("DELETE", "tagging", false, "s3:DeleteObjectTagging")]
    [InlineData("PUT", "acl", true, "s3:PutObjectVersionAcl")]
    [InlineData("GET", "attributes", true, "s3:GetObjectVersionAttributes")]
    [InlineData("PUT", "legal-hold", true, "s3:PutObjectLegalHold")]
    public void Of_an_object(string method, string? subresource, bool isOfVersion, string action) =>
        Assert.Equal(action, S3Actions.OfObject(method, subresource, isOfVersion));

    [Theory]
    [InlineData("b/k", "b", "k", null)]
    [InlineData("/b/a/k?versionId=7", "b", "a/k", "7")]
    [InlineData("b%2Fa%20%C3%BC%3FversionId", "b", "a ü?versionId", null)]
    public void A_copys_source(string header, string bucket, string key, string? version) =>
        Assert.Equal(new S3CopySource(bucket, key, version), S3CopySource.Parse(header));

    [Theory]
    [InlineData("b")]
    [InlineData("/b/")]
    [InlineData("")]
    public void A_source_without_bucket_or_key_is_none(string header) => Assert.Null(S3CopySource.Parse(header));
}
