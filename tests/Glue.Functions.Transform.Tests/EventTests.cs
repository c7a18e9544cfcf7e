using Glue.Functions.Objects;
using Glue.Functions.Runtime;

namespace Glue.Functions.Transform.Tests;

public sealed class EventTests
{
    [Fact]
    public void Every_record_of_an_event_is_tried_whatever_becomes_of_one_before_it()
    {
        var input = new S3Event();
        foreach (var key in new[] { "a", "b", "c" })
        {
            var record = new S3Event.S3EventNotificationRecord { EventName = "ObjectCreated:Put" };
            record.S3.Bucket.Name = "in";
            record.S3.Object.Key = key;
            input.Records.Add(record);
        }

        var tried = new List<string>();
        var e = Assert.Throws<InvalidOperationException>(() => EventObjects.Each(input, new Context(), new OutputPlace(null, "out/"), "a result", source =>
        {
            tried.Add(source.Key);
            return source.Key == "a" ? throw new InvalidOperationException("a fault of ours") : source.Key;
        }));
        Assert.Equal("a fault of ours", e.Message);
        Assert.Equal(["a", "b", "c"], tried);
    }

    private sealed class Context : ILambdaContext, ILambdaLogger
    {
        public string AwsRequestId => "";

        public IClientContext? ClientContext => null;

        public string FunctionName => "";

        public string FunctionVersion => "";

        public string InvokedFunctionArn => "";

        public ILambdaLogger Logger => this;

        public string LogGroupName => "";

        public string LogStreamName => "";

        public int MemoryLimitInMB => 128;

        public TimeSpan RemainingTime => TimeSpan.FromMinutes(1);

        public void Log(string message)
        {
        }

        public void LogLine(string message)
        {
        }

        public void LogTrace(string message)
        {
        }

        public void LogDebug(string message)
        {
        }

        public void LogInformation(string message)
        {
        }

        public void LogWarning(string message)
        {
        }

        public void LogError(string message)
        {
        }

        public void LogCritical(string message)
        {
        }
    }
}
