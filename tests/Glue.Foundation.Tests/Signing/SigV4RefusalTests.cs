using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.Foundation.Tests.Signing;

/// <summary>What the verifier refuses, each starting from a request that is good.</summary>
public sealed class SigV4RefusalTests
{
    private static readonly Credential Temporary = Keys.Example with { AccessKeyId = "TEMPORARY", SessionToken = "token" };

    private readonly FixedTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly Keys _keys = new();
    private readonly SigV4Verifier _verifier;

    public SigV4RefusalTests()
    {
        _keys.Add(Temporary);
        _verifier = new SigV4Verifier(_keys, _time);
    }

    [Fact]
    public void The_signers_own_requests_are_good_for_the_session_token_too()
    {
        Assert.Null(Verify(Sign(Keys.Example)));
        Assert.Null(Verify(Sign(Temporary)));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(-16)]
    public void A_clock_more_than_15_minutes_off_is_refused(int minutes)
    {
        var request = Sign(Keys.Example);
        _time.Now += TimeSpan.FromMinutes(minutes);

        Assert.Equal(SigV4FailureKind.Skewed, Verify(request));
    }

    [Fact]
    public void A_changed_method_path_query_or_header_is_a_mismatch_that_shows_what_was_hashed()
    {
        Assert.Equal(SigV4FailureKind.SignatureMismatch, Verify(Sign(Keys.Example, request => request.Method = "DELETE")));
        Assert.Equal(SigV4FailureKind.SignatureMismatch, Verify(Sign(Keys.Example, static _ => { }, "/bucket/other")));
        Assert.Equal(SigV4FailureKind.SignatureMismatch, Verify(Sign(Keys.Example, static _ => { }, "/bucket/key?a=1")));
        Assert.Equal(SigV4FailureKind.SignatureMismatch, Verify(Sign(Keys.Example, request => request.Headers.Host = "elsewhere")));

        var failure = _verifier.Verify(Sign(Keys.Example, request => request.Method = "DELETE"), "s3").Failure!;
        Assert.StartsWith("DELETE\n/bucket/key\n", failure.CanonicalRequest, StringComparison.Ordinal);
        Assert.StartsWith("AWS4-HMAC-SHA256\n20261121T120000Z\n20261121/us-east-1/s3/aws4_request\n", failure.StringToSign, StringComparison.Ordinal);
        Assert.DoesNotContain(Keys.Example.SecretAccessKey, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_added_after_signing_is_refused_if_s3_would_obey_it() =>
        Assert.Equal(SigV4FailureKind.HeadersNotSigned, Verify(Sign(Keys.Example, request => request.Headers["x-amz-copy-source"] = "/other/secret")));

    [Fact]
    public void A_secret_that_was_replaced_is_wrong_at_once_although_its_derived_key_is_cached()
    {
        Assert.Null(Verify(Sign(Keys.Example)));

        _keys.Add(Keys.Example with { SecretAccessKey = "replaced" });

        Assert.Equal(SigV4FailureKind.SignatureMismatch, Verify(Sign(Keys.Example)));
        Assert.Null(Verify(Sign(Keys.Example with { SecretAccessKey = "replaced" })));
    }

    [Fact]
    public void Token_scheme_service_and_shape_are_checked()
    {
        Assert.Equal(SigV4FailureKind.InvalidToken, Verify(Sign(Temporary, request => request.Headers.Remove("x-amz-security-token"))));
        Assert.Equal(SigV4FailureKind.InvalidToken, Verify(Sign(Temporary, request => request.Headers["x-amz-security-token"] = "other")));
        Assert.Equal(SigV4FailureKind.UnknownKey, Verify(Sign(Keys.Example with { AccessKeyId = "NOBODY" })));
        Assert.Equal(SigV4FailureKind.Missing, Verify(Sign(Keys.Example, request => request.Headers.Remove("Authorization"))));
        Assert.Equal(SigV4FailureKind.Unsupported, Verify(Sign(Keys.Example, request => request.Headers.Authorization = "AWS key:signature")));
        Assert.Equal(SigV4FailureKind.Malformed, Verify(Sign(Keys.Example, request => request.Headers["x-amz-date"] = "yesterday")));
        Assert.Equal(SigV4FailureKind.Malformed, _verifier.Verify(Sign(Keys.Example), "lambda").Failure!.Kind);
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256 ")]
    [InlineData("AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=")]
    [InlineData("AWS4-HMAC-SHA256 Credential=////, SignedHeaders=host, Signature=00")]
    [InlineData("AWS4-HMAC-SHA256 Credential=k/20261121/r/s3/aws4_request, SignedHeaders=host, Signature=zz")]
    [InlineData("AWS4-HMAC-SHA256 Credential=k/20261121/r/s3/aws5_request, SignedHeaders=host, Signature=0000000000000000000000000000000000000000000000000000000000000000")]
    public void An_authorization_header_out_of_shape_is_malformed_not_a_crash(string authorization) =>
        Assert.Contains(Verify(Sign(Keys.Example, request => request.Headers.Authorization = authorization)), new SigV4FailureKind?[] { SigV4FailureKind.Malformed, SigV4FailureKind.Unsupported });

    [Fact]
    public void A_body_that_is_not_the_signed_one_is_refused()
    {
        var request = Sign(Keys.Example);

        Assert.Null(_verifier.Verify(request, "s3", System.Security.Cryptography.SHA256.HashData([])).Failure);
        Assert.Equal(SigV4FailureKind.PayloadMismatch, _verifier.Verify(request, "s3", System.Security.Cryptography.SHA256.HashData([1])).Failure!.Kind);
    }

    private SigV4FailureKind? Verify(HttpRequest request) => _verifier.Verify(request, "s3").Failure?.Kind;

    private HttpRequest Sign(Credential credential, Action<HttpRequest>? change = null, string sentTarget = "/bucket/key")
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "http://store:9000/bucket/key");
        new SigV4Signer(_time).Sign(message, credential, "us-east-1", "s3", SigV4Signer.EmptyPayload);
        var request = Requests.Parse("GET", sentTarget,
            [("Host", "store:9000"), .. message.Headers.NonValidated.Select(static header => (header.Key, header.Value.ToString()))]);
        change?.Invoke(request);
        return request;
    }
}
