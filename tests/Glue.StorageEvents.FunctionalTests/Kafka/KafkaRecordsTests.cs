using Confluent.Kafka;
using Glue.StorageEvents.EventLog;

namespace Glue.StorageEvents.FunctionalTests.Kafka;

public sealed class KafkaRecordsTests
{
    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-62_135_596_800_001)]
    [InlineData(253_402_300_800_000)]
    [InlineData(long.MaxValue)]
    public void A_time_no_calendar_has_becomes_the_time_of_reading(long milliseconds)
    {
        var before = TimeProvider.System.GetUtcNow();

        var record = Record(milliseconds);

        Assert.InRange(record.Time, before, TimeProvider.System.GetUtcNow());
        Assert.Equal((7, 2), (record.Offset, record.Partition));
    }

    [Theory]
    [InlineData(-62_135_596_800_000)]
    [InlineData(0)]
    [InlineData(253_402_300_799_999)]
    public void Any_other_time_is_the_messages_own(long milliseconds) =>
        Assert.Equal(milliseconds, Record(milliseconds).Time.ToUnixTimeMilliseconds());

    private static EventLogRecord Record(long milliseconds) => KafkaRecords.Of(
        new ConsumeResult<byte[]?, byte[]?>
        {
            TopicPartitionOffset = new TopicPartitionOffset("t", 2, 7),
            Message = new Message<byte[]?, byte[]?> { Value = [1], Timestamp = new Timestamp(milliseconds, TimestampType.CreateTime) },
        },
        TimeProvider.System);
}
