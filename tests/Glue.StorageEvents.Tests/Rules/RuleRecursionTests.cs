using Glue.Contracts.Storage;
using Glue.StorageEvents.Rules;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.Tests.Rules;

/// <summary>A function that writes under its own trigger would call itself for ever.</summary>
public sealed class RuleRecursionTests
{
    [Theory]
    [InlineData("thumbnails/", null, "", true)]                 // the rule takes the whole bucket
    [InlineData("thumbnails/", "photos", "", true)]
    [InlineData("thumbnails/", "", "", true)]                   // set but empty: the event's bucket
    [InlineData("in/small/", null, "in/", true)]                // output below the rule's prefix
    [InlineData("", null, "in/", true)]                         // anything may come out
    [InlineData("in/", null, "in/small/", true)]                // some output may fall below the rule's prefix
    [InlineData(null, "photos", "", true)]                      // some place of this bucket, and the rule takes all
    [InlineData("thumbnails/", null, "in/", false)]
    [InlineData("thumbnails/", "other", "", false)]
    [InlineData(null, "photos", "in/", false)]                  // where in the bucket is not declared
    [InlineData(null, null, "", false)]                         // nothing is declared
    public void A_rule_that_its_functions_declared_output_would_fire_again_is_refused(
        string? outputPrefix, string? outputBucket, string rulePrefix, bool refused) =>
        Assert.Equal(refused, Record.Exception(() => Check(outputPrefix, outputBucket, Rule(prefix: rulePrefix))) is NotificationRefusedException);

    [Fact]
    public void The_refusal_names_the_prefixes_and_the_ways_out() => Assert.Equal(
        "Configuration 'r' would trigger itself: it fires for keys under 'in/' of bucket 'photos', and function 'thumbnail' writes into that bucket under 'in/small/' (its OUTPUT_PREFIX and OUTPUT_BUCKET). Give the function another output prefix or bucket, or the rule another prefix; if it is meant, put the configuration with the header x-glue-allow-recursion: true (./glue rule add --allow-recursion).",
        Assert.Throws<NotificationRefusedException>(() => Check("in/small/", null, Rule(prefix: "in/"))).Message);

    [Fact]
    public void It_is_taken_when_asked_for() => Check("in/", null, Rule(prefix: "in/") with { AllowsRecursion = true });

    [Fact]
    public void A_rule_on_deletions_is_not_fired_by_writing() => Check("in/", null, Rule(prefix: "in/", events: "s3:ObjectRemoved:*"));

    [Fact]
    public void A_suffix_does_not_excuse() =>
        Assert.Throws<NotificationRefusedException>(() => Check("in/", null, Rule(prefix: "in/", suffix: ".jpg")));

    private static void Check(string? outputPrefix, string? outputBucket, BucketRule rule)
    {
        (string, string)[] environment =
        [
            .. outputPrefix is null ? [] : new[] { ("OUTPUT_PREFIX", outputPrefix) },
            .. outputBucket is null ? [] : new[] { ("OUTPUT_BUCKET", outputBucket) },
        ];
        var functions = new FakeFunctions().Add(FakeFunctions.Thumbnail, allowsS3: true, environment);
        new RuleValidation(functions).Check("000000000000", "photos", Of(rule));
    }
}
