using Glue.Foundation.Policies;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Access;

/// <summary>Who may do what: a bucket is its account's, and whose else its policy says.</summary>
internal static class AccessControl
{
    /// <summary>Whoever sent no signature. Its account is nobody's.</summary>
    public static readonly Credential Anonymous = new("", "", "", "Anonymous");

    /// <summary>A policy cannot lock its own account out of the policy.</summary>
    private static readonly string[] PolicyActions = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

    /// <param name="request">Whose sender asks.</param>
    /// <param name="bucket">Where; of a copy also the source's.</param>
    /// <param name="key">Empty: the bucket itself.</param>
    /// <param name="action">As policies name it: <c>s3:GetObject</c>.</param>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public static void Check(S3Request request, Bucket bucket, string key, string action)
    {
        var isOwner = request.Credential.AccountId == bucket.AccountId;
        if (bucket.Settings.Policy is { } policy && !(isOwner && PolicyActions.Contains(action, StringComparer.Ordinal)))
        {
            var effect = policy.Decide(new PolicyQuestion(request.Credential.AccountId, action, key.Length == 0 ? bucket.Name : $"{bucket.Name}/{key}", request));
            if (effect == PolicyEffect.Deny)
            {
                throw new S3Exception(S3Error.AccessDenied, $"Access Denied: the policy of bucket {bucket.Name} denies {action}.");
            }

            if (effect == PolicyEffect.Allow && !(policy.IsPublic && bucket.Settings.PublicAccess.RestrictPublicBuckets))
            {
                return;
            }
        }

        if (!isOwner)
        {
            throw request.AnonymousRefusal ?? new S3Exception(S3Error.AccessDenied);
        }
    }
}
