using System.Text;
using Glue.Dispatcher.EventSources;

namespace Glue.Dispatcher.Tests.EventSources;

public sealed class BatchEventTests
{
    /// <summary>The wire: what handlers written for AWS read. A change here breaks them.</summary>
    [Fact]
    public void The_event_is_AWSs_of_a_self_managed_cluster()
    {
        var json = BatchEvent.Write("a:1,b:2", [Records.Of(7, "väl", "k", 1_700_000_000_123, ("h", [104, 0xC3, 0xAB])), Records.Of(8, value: null)], out var count);
        Assert.Equal(
            """{"eventSource":"SelfManagedKafka","bootstrapServers":"a:1,b:2","records":{"orders-3":["""
            + """{"topic":"orders","partition":3,"offset":7,"timestamp":1700000000123,"timestampType":"CREATE_TIME","key":"aw==","value":"dsOkbA==","headers":[{"h":[104,-61,-85]}]},"""
            + """{"topic":"orders","partition":3,"offset":8,"timestamp":1700000000000,"timestampType":"CREATE_TIME","headers":[]}]}}""",
            Encoding.UTF8.GetString(json.Span));
        Assert.Equal(2, count);
    }

    [Fact]
    public void It_holds_as_many_records_as_fit_into_6_MiB_and_none_when_the_first_does_not()
    {
        var large = Records.Of(1, new string('x', 2_000_000));
        var json = BatchEvent.Write("a:1", [large, large with { Offset = 2 }, large with { Offset = 3 }], out var count);
        Assert.Equal(2, count);
        Assert.InRange(json.Length, 5_300_000, BatchEvent.MaxBytes);
        BatchEvent.Write("a:1", [Records.Of(1, new string('x', 5_000_000))], out count);
        Assert.Equal(0, count);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("null", 0)]
    [InlineData("{}", 0)]
    [InlineData("""{"batchItemFailures":null}""", 0)]
    [InlineData("""{"batchItemFailures":[]}""", 0)]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":{"partition":"orders-3","offset":8}}]}""", 1)]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":{"partition":"orders-3","offset":8}},{"itemIdentifier":{"partition":"orders-3","offset":9}}]}""", 2)]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":{"partition":"orders-3","offset":5}}]}""", 3)]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":{"partition":"orders-1","offset":8}}]}""", 3)]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":""}]}""", 3)]
    [InlineData("""{"batchItemFailures":[{"id":"x"}]}""", 3)]
    [InlineData("""{"batchItemFailures":7}""", 3)]
    [InlineData("\"text\"", 3)]
    [InlineData("no json", 3)]
    public void The_answer_names_what_failed_and_a_wrong_answer_fails_all(string answer, int failed) =>
        Assert.Equal(failed, BatchFailures.Of(Encoding.UTF8.GetBytes(answer), [Records.Of(7), Records.Of(8), Records.Of(9)]).Count);
}
