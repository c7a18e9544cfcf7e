using Glue.Contracts.Storage;
using Glue.StorageEvents.Rules;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.Tests.Rules;

public sealed class RuleMatchingTests
{
    [Theory]
    [InlineData("s3:ObjectCreated:*", "ObjectCreated:Put", true)]
    [InlineData("s3:ObjectCreated:*", "ObjectCreated:CompleteMultipartUpload", true)]
    [InlineData("s3:ObjectCreated:*", "ObjectRemoved:Delete", false)]
    [InlineData("s3:ObjectCreated:Copy", "ObjectCreated:Put", false)]
    [InlineData("s3:ObjectRemoved:DeleteMarkerCreated", "ObjectRemoved:DeleteMarkerCreated", true)]
    [InlineData("s3:ObjectRemoved:Delete s3:ObjectCreated:Post", "ObjectCreated:Post", true)]
    [InlineData("s3:ObjectCreated:*", "ObjectCreated:*", false)]
    [InlineData("s3:ObjectCreated:*", "ObjectAccessed:Get", false)]
    public void Event_types_match_by_name_or_wildcard(string events, string eventName, bool matches) =>
        Assert.Equal(matches, Match([Rule(events: events)], Changes.Put() with { EventName = eventName }).Count == 1);

    [Theory]
    [InlineData("in/", "", "in/a.jpg", true)]
    [InlineData("in/", "", "in/", true)]
    [InlineData("in/", "", "in", false)]
    [InlineData("", ".jpg", "a.jpg", true)]
    [InlineData("", ".jpg", "a.JPG", false)]
    [InlineData("ab", "bc", "abc", true)] // S3 does not ask prefix and suffix to be apart
    [InlineData("a b+", "ü.jpg", "a b+/ü.jpg", true)] // filters are compared with the raw key
    public void Prefix_and_suffix_are_compared_with_the_raw_key(string prefix, string suffix, string key, bool matches) =>
        Assert.Equal(matches, Match([Rule(prefix: prefix, suffix: suffix)], Changes.Put(key)).Count == 1);

    [Fact]
    public void Matching_agrees_with_looking_at_every_rule()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 2_000; round++)
        {
            var rules = Enumerable.Range(0, random.Next(0, 40)).Select(i => Rule(
                $"r{i}", Text(random, 5), Text(random, 3), random.Next(2) == 0 ? "s3:ObjectCreated:*" : "s3:ObjectRemoved:Delete s3:ObjectCreated:Copy")).ToArray();
            var change = Changes.Put(Text(random, 8)) with { EventName = random.Next(2) == 0 ? "ObjectCreated:Copy" : "ObjectRemoved:Delete" };

            var expected = rules
                .Where(rule => change.Key.StartsWith(rule.Prefix, StringComparison.Ordinal) && change.Key.EndsWith(rule.Suffix, StringComparison.Ordinal))
                .Where(rule => change.EventName == "ObjectCreated:Copy" || rule.Events.Contains("s3:ObjectRemoved:Delete"))
                .Select(rule => rule.Id).Order().ToArray();
            Assert.Equal(expected, Match(rules, change).Order().ToArray());
        }
    }

    private static List<string> Match(BucketRule[] rules, ObjectChange change)
    {
        var matches = new List<CompiledRule>();
        new RuleSet("000000000000", Of(rules)).Match(change, matches);
        return matches.ConvertAll(rule => rule.Rule.Id);
    }

    /// <summary>Few letters, so that prefixes and suffixes often agree.</summary>
    private static string Text(Random random, int maxLength) =>
        string.Concat(Enumerable.Range(0, random.Next(maxLength + 1)).Select(_ => "ab/"[random.Next(3)]));
}
