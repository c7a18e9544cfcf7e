using Glue.Foundation.Signing;

namespace Glue.ObjectStore.Http;

/// <summary>A failed signature in S3's words.</summary>
internal static class SignatureErrors
{
    public static S3Exception From(SigV4Failure failure, S3Request request)
    {
        var details = new List<(string Name, string Value)>();
        Add(details, "AWSAccessKeyId", failure.AccessKeyId);
        Add(details, "StringToSign", failure.StringToSign);
        Add(details, "SignatureProvided", failure.SignatureProvided);
        Add(details, "CanonicalRequest", failure.CanonicalRequest);
        return new S3Exception(Code(failure.Kind, request), failure.Message) { Details = details };
    }

    private static S3Error Code(SigV4FailureKind kind, S3Request request) => kind switch
    {
        SigV4FailureKind.Malformed => request.Has("X-Amz-Algorithm") ? S3Error.AuthorizationQueryParametersError : S3Error.AuthorizationHeaderMalformed,
        SigV4FailureKind.Unsupported => S3Error.InvalidRequest,
        SigV4FailureKind.UnknownKey => S3Error.InvalidAccessKeyId,
        SigV4FailureKind.InvalidToken => S3Error.InvalidToken,
        SigV4FailureKind.SignatureMismatch => S3Error.SignatureDoesNotMatch,
        SigV4FailureKind.PayloadMismatch => S3Error.XAmzContentSha256Mismatch,
        SigV4FailureKind.Skewed => S3Error.RequestTimeTooSkewed,
        _ => S3Error.AccessDenied, // anonymous, expired, or with headers outside the signature
    };

    private static void Add(List<(string Name, string Value)> details, string name, string? value)
    {
        if (value is not null)
        {
            details.Add((name, value));
        }
    }
}
