using System.Text;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>What AWS has and Glue does not is refused with what to do instead: never taken and forgotten.</summary>
public sealed class NotServedTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Fixed = "/2015-03-31/functions/fixed";

    private DispatcherServer Server => shared.Server;

    [Theory]
    [InlineData("TenancyConfig", """{"TenantIsolationMode":"PER_TENANT"}""")]
    [InlineData("DurableConfig", """{"RetentionPeriodInDays":1,"ExecutionTimeout":60}""")]
    [InlineData("CapacityProviderConfig", """{"LambdaManagedInstancesCapacityProviderConfig":{"CapacityProviderArn":"arn:aws:lambda:us-east-1:000000000000:capacity-provider:x"}}""")]
    [InlineData("PublishTo", "\"LATEST_PUBLISHED\"")]
    public async Task A_field_of_CreateFunction_that_would_change_how_the_function_runs(string field, string value)
    {
        var body = DispatcherServer.NewFunction("unserved");
        body[field] = System.Text.Json.JsonDocument.Parse(value).RootElement;

        Assert.Contains(field, (await Server.SendAsync(HttpMethod.Post, "/2015-03-31/functions", body)).ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Amz-Tenant-Id", "TenantId")]
    [InlineData("X-Amz-Durable-Execution-Name", "DurableExecutionName")]
    public async Task A_header_of_Invoke_that_would(string header, string says)
    {
        var before = Server.Worker.Requests.Count;
        foreach (var path in (string[])[Fixed + "/invocations", "/2021-11-15/functions/fixed/response-streaming-invocations"])
        {
            var answer = await Server.SendAsync(HttpMethod.Post, path, "{}", header: (header, "x"));
            Assert.Contains(says, answer.ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
        }

        Assert.Equal(before, Server.Worker.Requests.Count);
    }

    [Theory]
    [InlineData("no base64!", false)]
    [InlineData("hello", false)]
    [InlineData("[1]", false)]
    [InlineData("{\"a\":", false)]
    [InlineData("{\"custom\":{\"k\":\"ü\"}}", true)]
    public async Task A_client_context_that_no_runtime_could_read_is_refused_and_does_not_end_one(string context, bool isGood)
    {
        var text = context.Contains('!', StringComparison.Ordinal) ? context : Convert.ToBase64String(Encoding.UTF8.GetBytes(context));
        var answer = await Server.SendAsync(HttpMethod.Post, Fixed + "/invocations", "{}", header: ("X-Amz-Client-Context", text));

        if (isGood)
        {
            answer.ExpectOk();
        }
        else
        {
            Assert.Contains("Base64-encoded JSON object", answer.ExpectError(400, "InvalidRequestContentException"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_context_longer_than_AWS_takes()
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', 3000)}\"}}"));
        (await Server.SendAsync(HttpMethod.Post, Fixed + "/invocations", "{}", header: ("X-Amz-Client-Context", text))).ExpectError(400, "InvalidRequestContentException");
    }

    [Theory]
    [InlineData("nobody", false)]
    [InlineData("arn:aws:s3:::bucket", false)]
    [InlineData("arn:aws:iam::123:root", false)]
    [InlineData("*", true)]
    [InlineData("123456789012", true)]
    [InlineData("s3.amazonaws.com", true)]
    [InlineData("arn:aws:iam::123456789012:role/x", true)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/x/y", true)]
    public async Task A_principal_that_is_nobody(string principal, bool isGood)
    {
        var sid = "s" + Guid.NewGuid().ToString("n");
        var answer = await Server.SendAsync(HttpMethod.Post, Fixed + "/policy", new { StatementId = sid, Action = "lambda:InvokeFunction", Principal = principal });

        if (isGood)
        {
            answer.ExpectOk();
        }
        else
        {
            Assert.Contains("The provided principal was invalid", answer.ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_event_invoke_config_that_says_nothing_or_changes_none_that_is_there()
    {
        await Server.DeployAsync("eic");
        const string path = "/2019-09-25/functions/eic/event-invoke-config";

        var nothing = await Server.SendAsync(HttpMethod.Put, path, new { });
        var none = await Server.SendAsync(HttpMethod.Post, path, new { MaximumRetryAttempts = 1 });
        (await Server.SendAsync(HttpMethod.Put, path, new { MaximumRetryAttempts = 1 })).ExpectOk();
        var changed = await Server.SendAsync(HttpMethod.Post, path, new { MaximumEventAgeInSeconds = 60 });
        var still = await Server.SendAsync(HttpMethod.Post, path, new { });

        Assert.Contains("at least one of error handling or destination", nothing.ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
        Assert.Contains("doesn't have an EventInvokeConfig", none.ExpectError(404, "ResourceNotFoundException"), StringComparison.Ordinal);
        Assert.Equal((1, 60), (changed.Json.GetProperty("MaximumRetryAttempts").GetInt32(), changed.Json.GetProperty("MaximumEventAgeInSeconds").GetInt32()));
        still.ExpectError(400, "InvalidParameterValueException");
    }
}
