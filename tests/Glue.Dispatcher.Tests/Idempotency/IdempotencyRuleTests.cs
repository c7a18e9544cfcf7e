using System.Text;
using Glue.Dispatcher.Idempotency;

namespace Glue.Dispatcher.Tests.Idempotency;

public sealed class IdempotencyRuleTests
{
    private const string Event = """{"order":{"id":"a-1","n":1},"items":[{"sku":"x"},{"sku":"y"}],"odd name":true,"none":null}""";

    [Theory]
    [InlineData("$.order.id", """{"order":{"id":"a-1","n":2}}""")]
    [InlineData("$.items[1].sku", """{"items":[1,{"sku":"y"}]}""")]
    [InlineData("$['odd name']", """{"odd name":true,"more":1}""")]
    [InlineData("$.order.id,$.items[0].sku", """{"items":[{"sku":"x"}],"order":{"id":"a-1"}}""")]
    public void Events_with_the_same_value_at_the_rules_places_have_the_same_key(string paths, string same)
    {
        Assert.NotNull(KeyOf(paths, Event));
        Assert.Equal(KeyOf(paths, Event), KeyOf(paths, same));
    }

    [Fact]
    public void Another_value_another_function_or_another_event_is_another_key()
    {
        Assert.NotEqual(KeyOf("$.order.id", Event), KeyOf("$.order.id", """{"order":{"id":"a-2"}}"""));
        Assert.NotEqual(KeyOf("$.order.id", Event), KeyOf("$.order.id", Event, function: "g"));
        Assert.NotEqual(KeyOf("event", Event), KeyOf("event", Event + " "));
        Assert.NotEqual(KeyOf("$.a,$.b", """{"a":1,"b":11}"""), KeyOf("$.a,$.b", """{"a":11,"b":1}"""));
    }

    [Theory]
    [InlineData("$.order.none")]
    [InlineData("$.items[2]")]
    [InlineData("$.none")]
    [InlineData("$.order.id.deeper")]
    public void An_event_with_nothing_at_a_place_has_no_key(string path) => Assert.Null(KeyOf(path, Event));

    [Theory]
    [InlineData("yes")]
    [InlineData("$..id")]
    [InlineData("$.items[*].sku")]
    [InlineData("$.a,b")]
    public void A_tag_that_names_no_single_place_is_refused(string tag) => Assert.Throws<FormatException>(() => Rule(tag));

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 604_800)]
    public void Time_to_live_has_a_unit(string ttl, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Rule("event", ttl)!.Ttl);

    [Theory]
    [InlineData("0s")]
    [InlineData("10")]
    [InlineData("366d")]
    [InlineData("1.5h")]
    [InlineData("99999999999s")]
    public void A_time_to_live_out_of_range_is_refused(string ttl) => Assert.Throws<FormatException>(() => Rule("event", ttl));

    [Fact]
    public void An_event_whose_names_cannot_be_compared_has_no_key() => Assert.Null(KeyOf("$.order", """{"\ud800":2}"""));

    [Fact]
    public void Off_and_no_tag_are_no_rule()
    {
        Assert.Null(Rule("off"));
        Assert.Null(IdempotencyRule.Of("000000000000", "f", new Dictionary<string, string>()));
    }

    private static IdempotencyRule? Rule(string tag, string? ttl = null, string function = "f")
    {
        var tags = new Dictionary<string, string> { [IdempotencyRule.Tag] = tag };
        if (ttl is not null)
        {
            tags.Add(IdempotencyRule.TtlTag, ttl);
        }

        return IdempotencyRule.Of("000000000000", function, tags);
    }

    private static IdempotencyKey? KeyOf(string tag, string payload, string function = "f") =>
        Rule(tag, function: function)!.KeyOf(Encoding.UTF8.GetBytes(payload));
}
