using System.Net;
using Glue.Foundation.Policies;

namespace Glue.Foundation.Tests.Policies;

/// <summary>IAM's language, as far as it is spoken here. Policies in the tests have ' for ".</summary>
public sealed class AccessPolicyTests
{
    private const string Account = "111111111111";

    [Theory]
    [InlineData("s3:GetObject", "in/*", "s3:GetObject", "photos/in/a/b.jpg", true)]
    [InlineData("s3:GetObject", "in/*", "s3:GetObject", "photos/in/", true)]
    [InlineData("s3:GetObject", "in/*", "s3:GetObject", "photos/in", false)]
    [InlineData("s3:GetObject", "in/*", "s3:GetObject", "photos/IN/a", false)]
    [InlineData("s3:GetObject", "in/*", "s3:PutObject", "photos/in/a", false)]
    [InlineData("s3:GetObject", "in/*", "s3:GetObjectVersion", "photos/in/a", false)]
    [InlineData("S3:getobject", "in/*", "s3:GetObject", "photos/in/a", true)]
    [InlineData("s3:Get*", "*", "s3:GetObjectTagging", "photos/x", true)]
    [InlineData("s3:*", "a?c/*.jpg", "s3:DeleteObject", "photos/abc/x/y.jpg", true)]
    [InlineData("s3:*", "a?c/*.jpg", "s3:DeleteObject", "photos/ac/x.jpg", false)]
    [InlineData("*", @"back\slash*", "s3:PutObject", @"photos/back\slash/1", true)]
    [InlineData("s3:?etObject", "*", "s3:GetObject", "photos/x", true)]
    [InlineData("s3:*", "*", "s3:ListBucket", "photos", false)]
    public void An_action_and_a_resource_match_with_IAMs_wildcards(string action, string key, string asked, string resource, bool allowed)
    {
        var policy = Role($"{{'Effect': 'Allow', 'Action': '{action}', 'Resource': 'arn:aws:s3:::photos/{key.Replace(@"\", @"\\", StringComparison.Ordinal)}'}}");

        Assert.Equal(allowed ? PolicyEffect.Allow : PolicyEffect.None, Ask(policy, asked, resource));
    }

    [Fact]
    public void A_deny_wins_wherever_it_stands_and_what_nobody_allows_is_not_allowed()
    {
        var policy = Role(
            "{'Effect': 'Deny', 'Action': 's3:DeleteObject*', 'Resource': '*'}, {'Effect': 'Allow', 'Action': 's3:*', 'Resource': ['arn:aws:s3:::a', 'arn:aws:s3:::a/*']}");

        Assert.Equal(PolicyEffect.Deny, Ask(policy, "s3:DeleteObject", "a/k"));
        Assert.Equal(PolicyEffect.Deny, Ask(policy, "s3:DeleteObjectVersion", "elsewhere/k"));
        Assert.Equal(PolicyEffect.Allow, Ask(policy, "s3:PutObject", "a/k"));
        Assert.Equal(PolicyEffect.None, Ask(policy, "s3:PutObject", "ab/k"));
    }

    [Fact]
    public void A_list_can_be_held_to_a_prefix()
    {
        var policy = Role("{'Effect': 'Allow', 'Action': 's3:ListBucket', 'Resource': 'arn:aws:s3:::a', 'Condition': {'StringLike': {'s3:prefix': ['in/*', 'in']}}}");

        Assert.Equal(PolicyEffect.Allow, Ask(policy, "s3:ListBucket", "a", prefix: "in/2026"));
        Assert.Equal(PolicyEffect.None, Ask(policy, "s3:ListBucket", "a", prefix: "out/"));
        Assert.Equal(PolicyEffect.None, Ask(policy, "s3:ListBucket", "a"));
    }

    [Theory]
    [InlineData("s3:ListBucket", "a", PolicyEffect.Allow)]
    [InlineData("s3:ListBucketVersions", "a", PolicyEffect.Allow)]
    [InlineData("s3:ListBucketMultipartUploads", "a", PolicyEffect.Allow)]
    [InlineData("s3:GetObject", "a/secret/x", PolicyEffect.None)]
    [InlineData("s3:DeleteObject", "a/secret/x", PolicyEffect.None)]
    [InlineData("s3:DeleteBucket", "a", PolicyEffect.None)]
    public void A_prefix_in_the_query_of_what_is_no_list_meets_no_condition(string action, string resource, PolicyEffect effect)
    {
        var policy = Role("{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'StringLike': {'s3:prefix': 'in/*'}}}");

        Assert.Equal(effect, Ask(policy, action, resource, prefix: "in/"));
    }

    [Fact]
    public void A_deny_of_all_but_a_prefix_denies_what_is_no_list_as_IAM_does()
    {
        var policy = Role(
            "{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'},"
            + "{'Effect': 'Deny', 'Action': ['s3:ListBucket', 's3:GetObject'], 'Resource': '*', 'Condition': {'StringNotLike': {'s3:prefix': 'in/*'}}}");

        Assert.Equal(PolicyEffect.Deny, Ask(policy, "s3:GetObject", "a/in/x", prefix: "in/"));
        Assert.Equal(PolicyEffect.Allow, Ask(policy, "s3:ListBucket", "a", prefix: "in/"));
    }

    [Fact]
    public void Statements_about_other_services_stand_beside_and_come_to_nothing()
    {
        var policy = Role(
            "{'Effect': 'Allow', 'Action': ['logs:CreateLogGroup', 'logs:PutLogEvents'], 'Resource': 'arn:aws:logs:*:*:*', 'Condition': {'ArnLike': {'aws:SourceArn': 'x'}}},"
            + "{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::a/*'}");

        Assert.Equal(PolicyEffect.Allow, Ask(policy, "s3:GetObject", "a/k"));
        Assert.Equal(PolicyEffect.None, Ask(policy, "s3:PutObject", "a/k"));
    }

    [Theory]
    [InlineData("{'Effect': 'Allow', 'NotAction': 's3:*', 'Resource': '*'}", "NotAction")]
    [InlineData("{'Effect': 'Allow', 'Action': 's3:*', 'NotResource': 'arn:aws:s3:::a'}", "NotResource")]
    [InlineData("{'Effect': 'Maybe', 'Action': 's3:*', 'Resource': '*'}", "Allow or Deny")]
    [InlineData("{'Effect': 'Allow', 'Action': 'GetObject', 'Resource': '*'}", "invalid action: GetObject")]
    [InlineData("{'Effect': 'Deny', 'Action': '*:Delete*', 'Resource': '*'}", "invalid action: *:Delete*; the service before the colon has no wildcards")]
    [InlineData("{'Effect': 'Deny', 'Action': ['s3:GetObject', '*:*'], 'Resource': '*'}", "invalid action: *:*;")]
    [InlineData("{'Effect': 'Deny', 'Action': 's?:*', 'Resource': '*'}", "invalid action: s?:*;")]
    [InlineData("{'Effect': 'Allow', 'Action': 's3:*'}", "Missing required field Resource")]
    [InlineData("{'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'arn:aws:s3::a'}", "invalid resource: arn:aws:s3::a;")]
    [InlineData("{'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'photos/*'}", "invalid resource: photos/*;")]
    [InlineData("{'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'arn:aws:s3:::a/${aws:username}/*'}", "Policy variables are not understood: a/${aws:username}/*")]
    [InlineData("{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Principal': '*'}", "no Principal")]
    [InlineData("{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'IpAddress': {'aws:SourceIp': '10.0.0.0/8'}}}", "IpAddress aws:SourceIp is not understood")]
    [InlineData("{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'DateLessThan': {'aws:CurrentTime': 'x'}}}", "DateLessThan aws:CurrentTime is not understood")]
    [InlineData("", "Statement is empty")]
    public void What_is_not_understood_is_refused_by_name(string statement, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<PolicyFormatException>(() => Role(statement)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("not json", "valid JSON")]
    [InlineData("""{"Version": "\ud800", "Statement": []}""", "half of a surrogate pair")]
    [InlineData("""{"\ud800": "2012-10-17", "Statement": []}""", "half of a surrogate pair")]
    [InlineData("""{"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject\ud800"], "Resource": "*"}]}""", "half of a surrogate pair")]
    [InlineData("{}", "Statement")]
    [InlineData("""{"Version": "2030-01-01", "Statement": []}""", "Version must be 2012-10-17")]
    [InlineData("""{"Statements": [], "Statement": []}""", "Statements is not understood")]
    public void What_is_no_policy_is_refused(string json, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<PolicyFormatException>(() => AccessPolicy.Parse(json, PolicyDialect.OfRole)).Message, StringComparison.Ordinal);

    [Fact]
    public void Half_a_character_that_is_not_even_escaped_is_refused() =>
        Assert.Throws<PolicyFormatException>(() => AccessPolicy.Parse("{\"Statement\": [], \"Id\": \"\ud800\"}", PolicyDialect.OfRole));

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var policy = Role(
            "{'Effect': 'Allow', 'Action': ['s3:GetObject', 's3:List*'], 'Resource': ['arn:aws:s3:::in', 'arn:aws:s3:::in/*']},"
            + "{'Effect': 'Allow', 'Action': 's3:Put*', 'Resource': 'arn:aws:s3:::out/thumbnails/*'}, {'Effect': 'Deny', 'Action': 's3:*', 'Resource': 'arn:aws:s3:::*/secret/*'}");
        var context = new Request("");
        Decide(policy, context);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Decide(policy, context);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Decide(AccessPolicy policy, Request context) =>
        _ = policy.Decide(new PolicyQuestion(Account, "s3:PutObject", "out/thumbnails/2026/11/cat.jpg", context));

    private static AccessPolicy Role(string statements) =>
        AccessPolicy.Parse($$"""{"Version": "2012-10-17", "Statement": [{{statements.Replace('\'', '"')}}]}""", PolicyDialect.OfRole);

    private static PolicyEffect Ask(AccessPolicy policy, string action, string resource, string prefix = "") =>
        policy.Decide(new PolicyQuestion(Account, action, resource, new Request(prefix)));

    private sealed class Request(string prefix) : IPolicyContext
    {
        public IPAddress? Address => null;

        public string? Value(string key) => key == "s3:prefix" ? prefix : null;
    }
}
