using Glue.Dispatcher.EventSources.Filtering;

namespace Glue.Dispatcher.Tests.EventSources;

public sealed class RecordFilterTests
{
    [Theory]
    [InlineData("""{"value":{"city":["Bern"]}}""", """{"city":"Bern"}""", true)]
    [InlineData("""{"value":{"city":["Bern"]}}""", """{"city":"Basel"}""", false)]
    [InlineData("""{"value":{"city":["Bern"]}}""", "no json", false)]
    [InlineData("""{"value":{"city":[{"exists":false}]}}""", "no json", false)]
    [InlineData("""{"value":["no json"]}""", "no json", true)]
    [InlineData("""{"value":[{"prefix":"{"}]}""", """{"city":"Bern"}""", true)]
    [InlineData("""{"key":["k"]}""", "", true)]
    [InlineData("""{"key":[{"prefix":"x"}]}""", "", false)]
    [InlineData("""{"topic":["orders"],"partition":[3],"offset":[{"numeric":["<",8]}]}""", "", true)]
    [InlineData("""{"timestampType":["CREATE_TIME"],"timestamp":[{"numeric":[">",0]}]}""", "", true)]
    [InlineData("""{"headers":{"kind":[{"prefix":"ord"}]}}""", "", true)]
    [InlineData("""{"headers":{"kind":["invoice"]}}""", "", false)]
    [InlineData("""{"value":{"half":["x"]}}""", """{"half":"\ud800"}""", false)]
    public void Patterns_look_at_a_record_in_plain(string pattern, string value, bool wants) =>
        Assert.Equal(wants, RecordFilter.Parse([pattern]).Wants(Records.Of(7, value, "k", headers: ("kind", "order"u8.ToArray()))));

    [Fact]
    public void One_of_several_patterns_is_enough_and_none_wants_everything()
    {
        Assert.True(RecordFilter.Parse(["""{"value":{"a":[1]}}""", """{"value":{"b":[2]}}"""]).Wants(Records.Of(1, """{"b":2}""")));
        Assert.True(RecordFilter.Parse([]).Wants(Records.Of(1, "anything")));
    }

    [Fact]
    public void A_tombstone_matches_only_what_asks_for_nothing()
    {
        Assert.False(RecordFilter.Parse(["""{"value":{"a":[1]}}"""]).Wants(Records.Of(1, value: null)));
        Assert.True(RecordFilter.Parse(["""{"value":[{"exists":false}]}"""]).Wants(Records.Of(1, value: null)));
    }
}
