using Glue.Contracts.Storage;
using Glue.StorageEvents.Rules;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.Tests.Rules;

/// <summary>What PutBucketNotificationConfiguration refuses, and what it says. S3's own sentence comes first where it has one.</summary>
public sealed class RuleValidationTests
{
    private const string NotPermitted = "arn:aws:lambda:us-east-1:000000000000:function:shy";

    private readonly FakeFunctions _functions = new FakeFunctions().Add(NotPermitted, allowsS3: false);

    [Fact]
    public void An_empty_configuration_is_fine() => Check(BucketNotificationConfiguration.Empty);

    [Theory]
    [InlineData("s3:ObjectCreated:*")]
    [InlineData("s3:ObjectRemoved:Delete")]
    [InlineData("s3:LifecycleTransition")]
    [InlineData("s3:ObjectTagging:* s3:ObjectAcl:Put")]
    public void Event_types_of_S3_are_taken(string events) => Check(Of(Rule(events: events)));

    [Theory]
    [InlineData("ObjectCreated:*")]
    [InlineData("s3:ObjectCreated")]
    [InlineData("s3:*")]
    [InlineData("s3:objectcreated:put")]
    [InlineData("s3:ObjectAcl:*")]
    [InlineData("s3:ObjectCreated:Put s3:Nonsense")]
    public void Other_event_types_are_refused(string events) =>
        Assert.StartsWith("The event is not supported for notifications: '", Refusal(Of(Rule(events: events))), StringComparison.Ordinal);

    [Fact]
    public void Ids_have_1_to_255_characters()
    {
        Check(Of(Rule(new string('i', 255))));
        Assert.StartsWith("Id must have 1 to 255 characters; 'iii", Refusal(Of(Rule(new string('i', 256)))), StringComparison.Ordinal);
        Assert.Equal("Id must have 1 to 255 characters; '' has 0.", Refusal(Of(Rule(""))));
    }

    [Fact]
    public void Ids_are_unique() => Assert.Equal(
        "Same ID used for multiple configurations. IDs must be unique: 'twin'.",
        Refusal(Of(Rule("twin", prefix: "a/"), Rule("twin", prefix: "b/"))));

    [Fact]
    public void At_least_one_event_is_named() => Assert.Equal(
        "Configuration 'r' names no event. Give at least one, such as s3:ObjectCreated:*.",
        Refusal(Of(Rule() with { Events = [] })));

    [Fact]
    public void Filters_have_at_most_1024_bytes() => Assert.Equal(
        "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation: suffix of configuration 'r'.",
        Refusal(Of(Rule(suffix: new string('ü', 513)))));

    [Fact]
    public void A_bucket_has_at_most_100_configurations()
    {
        Check(Of(Enumerable.Range(0, 100).Select(i => Rule($"r{i}", prefix: $"{i:000}/")).ToArray()));
        Assert.Equal(
            "A bucket can have at most 100 notification configurations; these are 101.",
            Refusal(Of(Enumerable.Range(0, 101).Select(i => Rule($"r{i}", prefix: $"{i:000}/")).ToArray())));
    }

    [Theory]
    [InlineData("thumbnail")]
    [InlineData("arn:aws:sqs:us-east-1:000000000000:queue")]
    [InlineData("arn:aws:lambda:us-east-1:12:function:f")]
    [InlineData("arn:aws:lambda:us-east-1:000000000000:function:a b")]
    [InlineData("arn:aws:lambda:us-east-1:000000000000:function:f:live:more")]
    [InlineData("arn:aws:lambda:us-east-1:000000000000:layer:f")]
    public void Something_that_is_no_function_ARN_is_refused(string arn) => Assert.Equal(
        $"The ARN is not well formed: '{arn}' in configuration 'r'. A function's ARN is arn:aws:lambda:REGION:ACCOUNT:function:NAME, with :VERSION or :ALIAS behind it where wanted.",
        Refusal(Of(Rule() with { FunctionArn = arn })));

    [Fact]
    public void An_unknown_function_is_refused() => Assert.Equal(
        "Unable to validate the following destination configurations: arn:aws:lambda:us-east-1:000000000000:function:nobody. There is no such function (aws lambda list-functions shows those there are).",
        Refusal(Of(Rule() with { FunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:nobody" })));

    [Fact]
    public void A_function_that_S3_may_not_invoke_is_refused_with_the_command_that_permits_it() => Assert.Equal(
        "Unable to validate the following destination configurations: arn:aws:lambda:us-east-1:000000000000:function:shy. S3 may not invoke this function for this bucket. Run: aws lambda add-permission --function-name shy --statement-id s3-my-photos --action lambda:InvokeFunction --principal s3.amazonaws.com --source-arn arn:aws:s3:::my.photos --source-account 000000000000 (./glue rule add does both).",
        Refusal(Of(Rule() with { FunctionArn = NotPermitted }), bucket: "my.photos"));

    [Fact]
    public void The_permission_of_an_alias_is_its_own() => Assert.Contains(
        " --function-name shy --qualifier live --statement-id ",
        Refusal(Of(Rule() with { FunctionArn = NotPermitted + ":live" }), functions: new FakeFunctions().Add(NotPermitted + ":live", allowsS3: false)));

    [Fact]
    public void Whether_another_account_has_a_function_is_not_told()
    {
        const string there = "arn:aws:lambda:us-east-1:111111111111:function:there";
        const string absent = "arn:aws:lambda:us-east-1:111111111111:function:absent";
        _functions.Add(there, allowsS3: false);
        Assert.Equal(
            Refusal(Of(Rule() with { FunctionArn = there })).Replace("there", "absent", StringComparison.Ordinal),
            Refusal(Of(Rule() with { FunctionArn = absent })));
    }

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("in/", "", "", "")]
    [InlineData("in/", "", "in/deep/", "")]
    [InlineData("in/", ".jpg", "in/", "a.jpg")]
    [InlineData("", ".jpg", "in/", "")]
    public void Rules_that_could_take_the_same_event_of_the_same_key_are_refused(string prefix1, string suffix1, string prefix2, string suffix2)
    {
        var refusal = Refusal(Of(Rule("a", prefix1, suffix1), Rule("b", prefix2, suffix2, "s3:ObjectCreated:Copy")));
        Assert.StartsWith(prefix1 + suffix1 + prefix2 + suffix2 == ""
            ? "Configurations overlap. Configurations on the same bucket cannot share a common event type. 'a' (prefix '', suffix '') and 'b'"
            : "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type. 'a' (prefix '",
            refusal, StringComparison.Ordinal);
        Assert.EndsWith("both take s3:ObjectCreated:Copy: narrow one, or let one function do both.", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in/", "", "out/", "", "s3:ObjectCreated:*")]
    [InlineData("", ".jpg", "", ".png", "s3:ObjectCreated:*")]
    [InlineData("in/", ".jpg", "in/", ".png", "s3:ObjectCreated:*")]
    [InlineData("", "", "", "", "s3:ObjectRemoved:*")]
    public void Rules_that_differ_in_prefix_or_suffix_or_event_are_taken(string prefix1, string suffix1, string prefix2, string suffix2, string events2) =>
        Check(Of(Rule("a", prefix1, suffix1), Rule("b", prefix2, suffix2, events2)));

    private void Check(BucketNotificationConfiguration configuration) =>
        new RuleValidation(_functions).Check("000000000000", "photos", configuration);

    private string Refusal(BucketNotificationConfiguration configuration, string bucket = "photos", FakeFunctions? functions = null) =>
        Assert.Throws<NotificationRefusedException>(
            () => new RuleValidation(functions ?? _functions).Check("000000000000", bucket, configuration)).Message;
}
