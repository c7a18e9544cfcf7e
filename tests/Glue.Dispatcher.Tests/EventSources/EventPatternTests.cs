using System.Text.Json;
using Glue.Dispatcher.EventSources.Filtering;

namespace Glue.Dispatcher.Tests.EventSources;

/// <summary>Event patterns, as the Lambda and EventBridge guides explain them.</summary>
public sealed class EventPatternTests
{
    [Theory]
    [InlineData("""{"a":["x"]}""", """{"a":"x"}""", true)]
    [InlineData("""{"a":["x"]}""", """{"a":"y"}""", false)]
    [InlineData("""{"a":["x"]}""", """{"b":"x"}""", false)]
    [InlineData("""{"a":["x","y"]}""", """{"a":"y"}""", true)]
    [InlineData("""{"a":["x"],"b":[1]}""", """{"a":"x","b":1}""", true)]
    [InlineData("""{"a":["x"],"b":[1]}""", """{"a":"x","b":2}""", false)]
    [InlineData("""{"a":[null]}""", """{"a":null}""", true)]
    [InlineData("""{"a":[null]}""", """{"a":"null"}""", false)]
    [InlineData("""{"a":[""]}""", """{"a":""}""", true)]
    [InlineData("""{"a":[true]}""", """{"a":true}""", true)]
    [InlineData("""{"a":[300]}""", """{"a":3.0e2}""", false)]
    [InlineData("""{"a":["x"]}""", """{"a":["w","x"]}""", true)]
    [InlineData("""{"a":["x"]}""", """{"a":[]}""", false)]
    [InlineData("""{"a":{"b":{"c":["x"]}}}""", """{"a":{"b":{"c":"x"}}}""", true)]
    [InlineData("""{"a":{"b":["x"]}}""", """{"a":[{"b":"y"},{"b":"x"}]}""", true)]
    [InlineData("""{"a":{"b":["x"]}}""", """{"a":"x"}""", false)]
    [InlineData("""{"a":[{"prefix":"ab"}]}""", """{"a":"abc"}""", true)]
    [InlineData("""{"a":[{"prefix":"ab"}]}""", """{"a":"Abc"}""", false)]
    [InlineData("""{"a":[{"prefix":{"equals-ignore-case":"ab"}}]}""", """{"a":"ABc"}""", true)]
    [InlineData("""{"a":[{"suffix":".png"}]}""", """{"a":"x.png"}""", true)]
    [InlineData("""{"a":[{"suffix":".png"}]}""", """{"a":7}""", false)]
    [InlineData("""{"a":[{"suffix":{"equals-ignore-case":".png"}}]}""", """{"a":"x.PNG"}""", true)]
    [InlineData("""{"a":[{"equals-ignore-case":"alice"}]}""", """{"a":"ALICE"}""", true)]
    [InlineData("""{"a":[{"wildcard":"dir/*.png"}]}""", """{"a":"dir/a/b.png"}""", true)]
    [InlineData("""{"a":[{"wildcard":"*a*a*"}]}""", """{"a":"bab"}""", false)]
    [InlineData("""{"a":[{"wildcard":"a*ba"}]}""", """{"a":"aba"}""", true)]
    [InlineData("""{"a":[{"wildcard":"aba*aba"}]}""", """{"a":"aba"}""", false)]
    [InlineData("""{"a":[{"wildcard":"a\\*b"}]}""", """{"a":"a*b"}""", true)]
    [InlineData("""{"a":[{"wildcard":"a\\*b"}]}""", """{"a":"axb"}""", false)]
    [InlineData("""{"a":[{"anything-but":["x","y"]}]}""", """{"a":"z"}""", true)]
    [InlineData("""{"a":[{"anything-but":["x","y"]}]}""", """{"a":"x"}""", false)]
    [InlineData("""{"a":[{"anything-but":["x"]}]}""", """{}""", false)]
    [InlineData("""{"a":[{"anything-but":7}]}""", """{"a":8}""", true)]
    [InlineData("""{"a":[{"anything-but":{"prefix":"in"}}]}""", """{"a":"init"}""", false)]
    [InlineData("""{"a":[{"anything-but":{"suffix":["x","y"]}}]}""", """{"a":"ay"}""", false)]
    [InlineData("""{"a":[{"anything-but":{"wildcard":"*/lib/*"}}]}""", """{"a":"/etc/x"}""", true)]
    [InlineData("""{"a":[{"numeric":[">",0,"<=",5]}]}""", """{"a":5}""", true)]
    [InlineData("""{"a":[{"numeric":[">",0,"<=",5]}]}""", """{"a":0}""", false)]
    [InlineData("""{"a":[{"numeric":["=",300]}]}""", """{"a":3.0e2}""", true)]
    [InlineData("""{"a":[{"numeric":["=",300]}]}""", """{"a":"300"}""", false)]
    [InlineData("""{"a":[{"exists":true}]}""", """{"a":null}""", true)]
    [InlineData("""{"a":[{"exists":true}]}""", """{"b":1}""", false)]
    [InlineData("""{"a":[{"exists":false}]}""", """{"b":1}""", true)]
    [InlineData("""{"a":{"b":[{"exists":false}]}}""", """{}""", true)]
    [InlineData("""{"a":[{"exists":false}]}""", """{"a":[]}""", false)]
    [InlineData("""{"$or":[{"a":["x"]},{"b":[{"numeric":[">",3]}]}]}""", """{"b":4}""", true)]
    [InlineData("""{"$or":[{"a":["x"]},{"b":[{"numeric":[">",3]}]}]}""", """{"a":"y","b":3}""", false)]
    [InlineData("""{"c":["z"],"$or":[{"a":["x"]},{"b":["y"]}]}""", """{"a":"x"}""", false)]
    [InlineData("""{"v":{"$or":[{"a":["x"]},{"b":["y"]}]}}""", """{"v":{"b":"y"}}""", true)]
    public void A_pattern_matches_what_it_says(string pattern, string json, bool matches)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(matches, EventPattern.Parse(pattern).Matches(document.RootElement));
    }

    [Theory]
    [InlineData("nothing", "not JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("{}", "is empty")]
    [InlineData("""{"a":"x"}""", "'a' must be a list")]
    [InlineData("""{"a":[]}""", "at least one")]
    [InlineData("""{"a":[["x"]]}""", "a rule of 'a'")]
    [InlineData("""{"a":[{"prefix":"x","suffix":"y"}]}""", "one comparison")]
    [InlineData("""{"a":[{"prefix":7}]}""", "must be a string")]
    [InlineData("""{"a":[{"cidr":"10.0.0.0/8"}]}""", "no comparison")]
    [InlineData("""{"a":[{"numeric":[">"]}]}""", "must be a list such as")]
    [InlineData("""{"a":[{"numeric":["!",1]}]}""", "must be a list such as")]
    [InlineData("""{"a":[{"exists":"yes"}]}""", "true or false")]
    [InlineData("""{"a":[{"anything-but":[]}]}""", "anything-but")]
    [InlineData("""{"a":[{"anything-but":[true]}]}""", "anything-but")]
    [InlineData("""{"a":[{"wildcard":"a**b"}]}""", "two stars")]
    [InlineData("""{"a":[{"wildcard":"a\\b"}]}""", "backslash")]
    [InlineData("""{"$or":[{"a":["x"]}]}""", "at least two")]
    [InlineData("""{"a":["\ud800"]}""", "surrogate")]
    public void What_is_no_pattern_is_refused_with_the_place(string pattern, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => EventPattern.Parse(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void Depth_is_bounded() =>
        Assert.Throws<FormatException>(() => EventPattern.Parse(string.Concat(Enumerable.Repeat("""{"a":""", 1000)) + "[1]" + new string('}', 1000)));
}
