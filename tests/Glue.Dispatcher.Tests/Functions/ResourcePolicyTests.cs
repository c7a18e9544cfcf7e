using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Tests.Functions;

public sealed class ResourcePolicyTests
{
    private const string Account = "123456789012";

    [Theory]
    [InlineData("arn:aws:s3:::pictures", null, true)]
    [InlineData("arn:aws:s3:::pic*", null, true)]
    [InlineData("arn:aws:s3:::p?ctures", null, true)]
    [InlineData("arn:*:s3:::*", null, true)]
    [InlineData(null, null, true)]
    [InlineData(null, Account, true)]
    [InlineData("arn:aws:s3:::pictures", Account, true)]
    [InlineData("arn:aws:s3:::other", null, false)]
    [InlineData("arn:aws:s3:::pictures", "999999999999", false)]
    [InlineData("arn:aws:s3:::PICTURES", null, false)]
    [InlineData("arn:aws:*pictures", null, false)] // a * does not reach over a colon
    public void S3_may_invoke_when_source_arn_and_account_match(string? sourceArn, string? sourceAccount, bool allowed) =>
        Assert.Equal(allowed, Policy("s3.amazonaws.com", "lambda:InvokeFunction", sourceArn, sourceAccount).AllowsS3("arn:aws:s3:::pictures", Account));

    [Theory]
    [InlineData("s3.amazonaws.com", "lambda:*", true)]
    [InlineData("*", "*", true)]
    [InlineData("sns.amazonaws.com", "lambda:InvokeFunction", false)]
    [InlineData(Account, "lambda:InvokeFunction", false)]
    [InlineData("s3.amazonaws.com", "lambda:GetFunction", false)]
    public void Only_a_statement_for_s3_and_for_invoking_counts(string principal, string action, bool allowed) =>
        Assert.Equal(allowed, Policy(principal, action, null, null).AllowsS3("arn:aws:s3:::pictures", Account));

    [Fact]
    public void A_function_without_a_policy_lets_nobody_in() => Assert.False(ResourcePolicy.Empty.AllowsS3("arn:aws:s3:::pictures", Account));

    private static ResourcePolicy Policy(string principal, string action, string? sourceArn, string? sourceAccount) => ResourcePolicy.Empty.With(
        new PolicyStatement { Sid = "s", Action = action, Principal = principal, SourceArn = sourceArn, SourceAccount = sourceAccount }, "r");
}
