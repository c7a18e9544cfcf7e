using Glue.Dispatcher.EventSources;

namespace Glue.Dispatcher.Tests.EventSources;

/// <summary>What becomes of a batch (Lambda Developer Guide, "Configuring error handling controls for Kafka event sources", read 2026-11).</summary>
public sealed class PartitionDeliveryTests
{
    [Fact]
    public async Task A_batch_is_committed_when_it_succeeded_and_not_before()
    {
        await using var delivery = new ScriptedDelivery(_ => ScriptedDelivery.Succeed());
        Assert.Equal("No records processed", delivery.Status.LastProcessingResult);
        delivery.Add(Records.Of(7), Records.Of(8));
        await delivery.CommittedAsync(9);
        Assert.Equal([7, 8], delivery.Tries.SelectMany(static offsets => offsets));
        Assert.Equal("OK", delivery.Status.LastProcessingResult);
    }

    [Fact]
    public async Task A_failing_batch_is_tried_until_it_succeeds_and_holds_back_what_follows_it()
    {
        var fails = true;
        await using var delivery = new ScriptedDelivery(_ => fails ? ScriptedDelivery.Fail() : ScriptedDelivery.Succeed(), mapping => mapping with { BatchSize = 2 });
        delivery.Add(Records.Of(1), Records.Of(2), Records.Of(3));
        await delivery.TriedAsync(20);
        Assert.False(delivery.HasCommitted(3));
        Assert.Equal("PROBLEM: Function call failed", delivery.Status.LastProcessingResult);
        fails = false;
        await delivery.CommittedAsync(4);
        Assert.All(delivery.Tries.SkipLast(1), static offsets => Assert.Equal([1, 2], offsets));
        Assert.Equal([3], delivery.Tries[^1]);
    }

    [Fact]
    public async Task What_could_not_run_does_not_count_as_a_try()
    {
        var times = 0;
        await using var delivery = new ScriptedDelivery(
            _ => ++times <= 5 ? ScriptedDelivery.NotRun() : ScriptedDelivery.Succeed(), mapping => mapping with { MaximumRetryAttempts = 0 });
        delivery.Add(Records.Of(1));
        await delivery.CommittedAsync(2);
        Assert.Empty(delivery.GivenUp);
    }

    [Theory]
    [InlineData(0, null, 1)]
    [InlineData(3, null, 4)]
    [InlineData(null, "arn:aws:s3:::failed", 11)] // without a limit of its own Lambda gives up after 10 retries once a destination stands ready
    public async Task After_its_retries_a_batch_is_given_up_and_the_next_goes_on(int? retries, string? destination, int tries)
    {
        await using var delivery = new ScriptedDelivery(
            static offsets => offsets.Contains(1) ? ScriptedDelivery.Fail() : ScriptedDelivery.Succeed(),
            mapping => mapping with { MaximumRetryAttempts = retries, OnFailure = destination, BatchSize = 1 });
        delivery.Add(Records.Of(1), Records.Of(2));
        await delivery.CommittedAsync(3);
        Assert.Equal(tries + 1, delivery.Tries.Count);
        var failed = Assert.Single(delivery.GivenUp);
        Assert.Equal((FailedBatch.RetriesExhausted, tries, 1L), (failed.Condition, failed.Attempts, failed.Records[0].Offset));
    }

    [Fact]
    public async Task A_batch_that_is_split_loses_only_the_record_that_fails_and_keeps_the_order()
    {
        await using var delivery = new ScriptedDelivery(
            static offsets => offsets.Contains(5) ? ScriptedDelivery.Fail() : ScriptedDelivery.Succeed(),
            static mapping => mapping with { BisectBatchOnFunctionError = true, MaximumRetryAttempts = 1, MaximumBatchingWindowInSeconds = 300, BatchSize = 8 });
        delivery.Add(Enumerable.Range(0, 8).Select(static offset => Records.Of(offset)));
        await delivery.CommittedAsync(8);
        Assert.Equal(5, Assert.Single(delivery.GivenUp).Records.Single().Offset);
        Assert.Equal([0, 1, 2, 3, 4, 6, 7], delivery.Tries.Where(static offsets => !offsets.Contains(5)).SelectMany(static offsets => offsets));
        Assert.Equal(2, delivery.Tries.Count(static offsets => offsets.SequenceEqual([5L])));
    }

    [Fact]
    public async Task With_partial_answers_only_what_failed_is_tried_again()
    {
        var times = 0;
        await using var delivery = new ScriptedDelivery(
            _ => ScriptedDelivery.Succeed(++times == 1
                ? """{"batchItemFailures":[{"itemIdentifier":{"partition":"orders-3","offset":1}},{"itemIdentifier":{"partition":"orders-3","offset":3}}]}"""
                : "null"),
            static mapping => mapping with { ReportsBatchItemFailures = true, MaximumBatchingWindowInSeconds = 300, BatchSize = 4 });
        delivery.Add(Enumerable.Range(0, 4).Select(static offset => Records.Of(offset)));
        await delivery.CommittedAsync(4);
        Assert.Equal([[0, 1, 2, 3], [1, 3]], delivery.Tries);
    }

    [Fact]
    public async Task Without_the_setting_a_partial_answer_is_a_success()
    {
        await using var delivery = new ScriptedDelivery(
            static _ => ScriptedDelivery.Succeed("""{"batchItemFailures":[{"itemIdentifier":{"partition":"orders-3","offset":1}}]}"""));
        delivery.Add(Records.Of(1));
        await delivery.CommittedAsync(2);
        Assert.Single(delivery.Tries);
    }

    [Fact]
    public async Task Records_that_no_filter_wants_are_passed_over_and_count_as_settled()
    {
        await using var delivery = new ScriptedDelivery(
            static _ => ScriptedDelivery.Succeed(), static mapping => mapping with { Filters = ["""{"value":{"a":[1]}}"""], MaximumBatchingWindowInSeconds = 300, BatchSize = 3 });
        delivery.Add(Records.Of(1, """{"a":2}"""), Records.Of(2, """{"a":1}"""), Records.Of(3, "x"));
        await delivery.CommittedAsync(4);
        Assert.Equal([2], Assert.Single(delivery.Tries));
        delivery.Mapping = delivery.Mapping with { Filters = ["""{"value":["never"]}"""] };
        delivery.Add(Records.Of(4), Records.Of(5), Records.Of(6));
        await delivery.CommittedAsync(7);
        Assert.Single(delivery.Tries);
    }

    [Fact]
    public async Task Records_older_than_the_limit_are_given_up_without_a_try()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await using var delivery = new ScriptedDelivery(
            static _ => ScriptedDelivery.Succeed(),
            static mapping => mapping with { MaximumRecordAgeInSeconds = 3600, MaximumBatchingWindowInSeconds = 300, BatchSize = 3 });
        delivery.Add(Records.Of(1, timestamp: now - 7_200_000), Records.Of(2, timestamp: now), Records.Of(3, timestamp: -1));
        await delivery.CommittedAsync(4);
        Assert.Equal([2, 3], Assert.Single(delivery.Tries));
        Assert.Equal(FailedBatch.TooOld, Assert.Single(delivery.GivenUp).Condition);
    }

    [Fact]
    public async Task A_batch_larger_than_an_event_goes_in_parts_and_a_record_larger_than_one_is_given_up()
    {
        await using var delivery = new ScriptedDelivery(
            static _ => ScriptedDelivery.Succeed(), static mapping => mapping with { BatchSize = 4 });
        var large = new string('x', 2_500_000);
        delivery.Add(Records.Of(1, large), Records.Of(2, new string('x', 5_000_000)), Records.Of(3), Records.Of(4, large));
        await delivery.CommittedAsync(5);
        Assert.Equal([1, 3, 4], delivery.Tries.SelectMany(static offsets => offsets));
        Assert.Equal((FailedBatch.TooLarge, 2L), (delivery.GivenUp.Single().Condition, delivery.GivenUp.Single().Records.Single().Offset));
    }

    [Fact]
    public async Task Stopped_it_commits_nothing_of_a_batch_that_is_not_settled()
    {
        var delivery = new ScriptedDelivery(static _ => ScriptedDelivery.Fail());
        delivery.Add(Records.Of(1));
        await delivery.TriedAsync(3);
        await delivery.DisposeAsync();
        Assert.False(delivery.HasCommitted(2));
    }
}
