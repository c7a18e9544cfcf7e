using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Tests.Functions;

public sealed class FunctionReferenceTests
{
    [Theory]
    [InlineData("hello", null, null, null)]
    [InlineData("hello:$LATEST", null, null, "$LATEST")]
    [InlineData("hello:live", null, null, "live")]
    [InlineData("123456789012:function:hello", null, "123456789012", null)]
    [InlineData("123456789012:function:hello:7", null, "123456789012", "7")]
    [InlineData("function:hello", null, null, null)]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:function:hello", "us-east-1", "123456789012", null)]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:function:hello:live", "us-east-1", "123456789012", "live")]
    public void A_function_is_named_bare_by_partial_arn_or_by_full_arn_each_with_an_optional_qualifier(
        string text, string? region, string? account, string? qualifier)
    {
        Assert.True(FunctionReference.TryParse(text, out var reference));
        Assert.Equal(new FunctionReference(region, account, "hello", qualifier), reference);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("a/b")]
    [InlineData("hello:")]
    [InlineData("hello:live:more")]
    [InlineData("12345:function:hello")]
    [InlineData("arn:aws:s3:us-east-1:123456789012:function:hello")]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:layer:hello")]
    [InlineData("arn:aws:lambda:us-east-1:12345678901x:function:hello")]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:function:")]
    [InlineData("arn:aws:lambda")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")] // 65
    public void Anything_else_is_no_function_name(string text) => Assert.False(FunctionReference.TryParse(text, out _));
}
