using Glue.ObjectStore.Access;

namespace Glue.ObjectStore.Tests.Access;

/// <summary>Which policies the public access block takes for public.</summary>
public sealed class PublicPolicyTests
{
    [Theory]
    [InlineData("""{"StringEquals": {"aws:PrincipalAccount": ["111111111111", "222222222222"]}}""")]
    [InlineData("""{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]}}""")]
    [InlineData("""{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "Bool": {"aws:SecureTransport": "true"}}""")]
    public void A_condition_that_only_a_known_few_meet_keeps_a_policy_private(string condition) => Assert.False(IsPublic(condition));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Bool": {"aws:SecureTransport": "true"}}""")]
    [InlineData("""{"StringLike": {"aws:Referer": "https://a.example/*"}}""")]
    [InlineData("""{"StringEquals": {"s3:prefix": "a/", "s3:delimiter": "/"}}""")]
    [InlineData("""{"StringLike": {"aws:PrincipalAccount": "*"}}""")]
    [InlineData("""{"StringNotEquals": {"aws:PrincipalAccount": "111111111111"}}""")]
    [InlineData("""{"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}""")]
    [InlineData("""{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}""")]
    [InlineData("""{"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/1"]}}""")]
    [InlineData("""{"IpAddress": {"aws:SourceIp": "2000::/3"}}""")]
    public void A_condition_that_anybody_can_meet_leaves_it_public(string condition) => Assert.True(IsPublic(condition));

    private static bool IsPublic(string condition) => BucketPolicy.Parse(
        $$$"""{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {{{condition}}}}}""").IsPublic;
}
