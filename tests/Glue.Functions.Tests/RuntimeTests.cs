using System.Text.Json;
using System.Text.Json.Serialization;
using Glue.Functions.Runtime;

namespace Glue.Functions.Tests;

public sealed partial class RuntimeTests
{
    [Fact]
    public void An_S3_event_is_read_into_the_members_of_Amazons_library()
    {
        const string Event = """
            {"Records":[{"eventVersion":"2.3","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-11-21T00:00:01.250Z","eventName":"ObjectCreated:Put",
            "userIdentity":{"principalId":"P"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"R","x-amz-id-2":"H"},
            "s3":{"s3SchemaVersion":"1.0","configurationId":"rule","bucket":{"name":"photos","ownerIdentity":{"principalId":"O"},"arn":"arn:aws:s3:::photos"},
            "object":{"key":"a+b%2Bc%C3%BC.jpg","size":5,"eTag":"e","sequencer":"01"}}}]}
            """;
        var serializer = new SourceGeneratorLambdaJsonSerializer<EventJson>();
        var record = Assert.Single(serializer.Deserialize<S3Event>(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Event))).Records);
        Assert.Equal(("photos", "a+b%2Bc%C3%BC.jpg", "a b+cü.jpg", 5L), (record.S3.Bucket.Name, record.S3.Object.Key, record.S3.Object.KeyUrlDecoded, record.S3.Object.Size));
        Assert.Equal(("ObjectCreated:Put", "R", "H", "rule"), (record.EventName, record.ResponseElements.XAmzRequestId, record.ResponseElements.XAmzId2, record.S3.ConfigurationId));
        Assert.Null(record.S3.Object.VersionId);
    }

    [Fact]
    public void A_type_that_the_context_does_not_know_is_named()
    {
        var missing = Assert.Throws<InvalidOperationException>(() => new SourceGeneratorLambdaJsonSerializer<EventJson>().Serialize(new Version(1, 2), new MemoryStream()));
        Assert.Equal("EventJson lacks [JsonSerializable(typeof(Version))].", missing.Message);
    }

    [Fact]
    public void An_exception_becomes_Lambdas_error_document_with_its_cause()
    {
        var json = JsonDocument.Parse(ErrorDocument.Write(Thrown(new InvalidOperationException("outer", new ArgumentException("inner")))).ToArray()).RootElement;
        Assert.Equal(("InvalidOperationException", "outer"), (json.GetProperty("errorType").GetString(), json.GetProperty("errorMessage").GetString()));
        Assert.Contains("RuntimeTests.Thrown", json.GetProperty("stackTrace")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("inner", json.GetProperty("cause").GetProperty("errorMessage").GetString());
    }

    [Fact]
    public void The_remaining_time_is_never_negative()
    {
        Assert.Equal(TimeSpan.Zero, new LambdaContext("id", "arn", 1000, null).RemainingTime);
        var inAMinute = DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds();
        Assert.InRange(new LambdaContext("id", "arn", inAMinute, null).RemainingTime, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_client_context_is_read_when_it_is_asked_for()
    {
        var context = new LambdaContext("id", "arn", 0, """{"client":{"app_title":"T"},"custom":{"a":"b"},"env":{"locale":"de"}}""");
        Assert.Equal(("T", "b", "de"), (context.ClientContext!.Client!.AppTitle, context.ClientContext.Custom["a"], context.ClientContext.Environment["locale"]));
        Assert.Null(new LambdaContext("id", "arn", 0, null).ClientContext);
    }

    private static InvalidOperationException Thrown(InvalidOperationException exception)
    {
        try
        {
            throw exception;
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    [JsonSerializable(typeof(S3Event))]
    private sealed partial class EventJson : JsonSerializerContext;
}
