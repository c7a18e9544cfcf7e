using System.Security.Cryptography;
using System.Text;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Forms;

/// <summary>
/// Who signed a form's policy: Version 4 (<c>x-amz-signature</c>), or Version 2 (<c>AWSAccessKeyId</c>, <c>signature</c>), which boto3
/// still makes for us-east-1 unless told otherwise, as with presigned URLs.
/// </summary>
internal sealed class FormSignature(ICredentialSource credentials)
{
    /// <param name="form">Has the signature.</param>
    /// <param name="policy">Base64: exactly these bytes are signed.</param>
    /// <exception cref="S3Exception">AccessDenied, InvalidArgument, InvalidAccessKeyId, InvalidToken, SignatureDoesNotMatch.</exception>
    public Credential Verify(FormFields form, string policy)
    {
        if (form["x-amz-signature"] is { } four)
        {
            var scope = (form["x-amz-credential"] ?? "").Split('/');
            if (form["x-amz-algorithm"] != "AWS4-HMAC-SHA256" || scope is not [.., { Length: 8 }, { Length: > 0 }, "s3", "aws4_request"] || scope.Length < 5)
            {
                throw new S3Exception(S3Error.InvalidArgument, "The form needs x-amz-algorithm AWS4-HMAC-SHA256 and x-amz-credential KEY/yyyyMMdd/REGION/s3/aws4_request.");
            }

            var credential = Find(string.Join('/', scope[..^4]), form);
            var key = Encoding.UTF8.GetBytes("AWS4" + credential.SecretAccessKey);
            foreach (var part in scope[^4..])
            {
                key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
            }

            return Check(credential, HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(policy)), FromHex(four));
        }

        if (form["AWSAccessKeyId"] is { } id && form["signature"] is { } two)
        {
            var credential = Find(id, form);
#pragma warning disable CA5350 // HMAC with SHA-1 is what Version 2 is, and is not broken as an HMAC
            return Check(credential, HMACSHA1.HashData(Encoding.UTF8.GetBytes(credential.SecretAccessKey), Encoding.UTF8.GetBytes(policy)), FromBase64(two));
#pragma warning restore CA5350
        }

        throw new S3Exception(S3Error.AccessDenied, "The form has a policy but no signature.");
    }

    private Credential Find(string accessKeyId, FormFields form)
    {
        var credential = credentials.Find(accessKeyId) ?? throw new S3Exception(S3Error.InvalidAccessKeyId) { Details = [("AWSAccessKeyId", accessKeyId)] };
        return credential.SessionToken == form["x-amz-security-token"] ? credential : throw new S3Exception(S3Error.InvalidToken);
    }

    private static Credential Check(Credential credential, byte[] expected, byte[] provided) =>
        CryptographicOperations.FixedTimeEquals(expected, provided) ? credential : throw new S3Exception(S3Error.SignatureDoesNotMatch);

    private static byte[] FromHex(string text) => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : [];

    private static byte[] FromBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }
}
