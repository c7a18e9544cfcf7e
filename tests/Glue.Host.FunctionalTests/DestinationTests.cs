using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>Who hears of the end of an asynchronous invocation, through the whole stack.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class DestinationTests(SharedStack shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_bucket_gets_the_invocation_record_under_AWSs_key_and_its_rules_see_it_one_deeper_in_the_chain()
    {
        await _stack.Lambda.CreateAsync("records", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
            export const handler = async (event) => {
              if (event.fail) throw new Error('as told');
              return event.Records ? 'seen' : 'fine';
            };
            """));
        await _stack.BotoAsync(
            """
            s3.create_bucket(Bucket='outcomes')
            client.put_function_event_invoke_config(FunctionName='records', MaximumRetryAttempts=1, DestinationConfig={
                'OnSuccess': {'Destination': 'arn:aws:s3:::outcomes'}, 'OnFailure': {'Destination': 'arn:aws:s3:::outcomes'}})
            """);
        await _stack.AddRuleAsync("outcomes", "records", "--prefix", "aws/lambda/async/records/", "--allow-recursion");
        await _stack.BotoAsync("client.put_function_event_invoke_config(FunctionName='records', MaximumRetryAttempts=1, DestinationConfig={'OnFailure': {'Destination': 'arn:aws:s3:::outcomes'}})");
        await _stack.Lambda.InvokeLaterAsync("records", """{"fail":true}""");

        var caused = Assert.Single(await _stack.SettledAsync("outcomes", key: null, count: 1))!;
        var key = (string)caused["source"]!["key"]!;
        using var s3 = _stack.Sdk();
        using var stored = await s3.GetObjectAsync("outcomes", key);
        var record = (await JsonNode.ParseAsync(stored.ResponseStream))!;
        Assert.Matches(@"^aws/lambda/async/records/\d{4}/\d\d/\d\d/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", key);
        Assert.Equal("application/json", stored.Headers.ContentType);
        Assert.Equal("RetriesExhausted", (string)record["requestContext"]!["condition"]!);
        Assert.Equal(2, (int)record["requestContext"]!["approximateInvokeCount"]!);
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:records:$LATEST", (string)record["requestContext"]!["functionArn"]!);
        Assert.True((bool)record["requestPayload"]!["fail"]!);
        Assert.Equal("as told", (string)record["responsePayload"]!["errorMessage"]!);
        Assert.Equal("Unhandled", (string)record["responseContext"]!["functionError"]!);
        Assert.Equal(("succeeded", 1), ((string)caused["state"]!, (int)caused["source"]!["lineageDepth"]!));
    }

    [Fact]
    public async Task A_destination_that_does_not_exist_or_belongs_to_somebody_else_is_refused_when_it_is_put()
    {
        using var ann = await Tenant.AddAsync(_stack, "dest_ann");
        using var bob = await Tenant.AddAsync(_stack, "dest_bob");
        foreach (var tenant in new[] { ann, bob })
        {
            await tenant.Lambda.CreateAsync("mine", "nodejs20.x", "index.handler", Zip.Of("index.mjs", "export const handler = async () => 1;"));
        }

        await Tenant.BotoAsync(
            """
            dest_bob_s3.create_bucket(Bucket='dest-bob')
            def put(arn):
                return dict(FunctionName='mine', DestinationConfig={'OnFailure': {'Destination': arn}})
            for arn, why in (
                    ('arn:aws:s3:::dest-bob', 'another account'), ('arn:aws:s3:::dest-nobody', 'no bucket'), ('arn:aws:s3:::Not/A/Bucket', 'does not name a bucket'),
                    (f'arn:aws:lambda:us-east-1:{dest_bob}:function:mine', 'no such function'), ('arn:glue:webhook:::none', 'no webhook'),
                    ('arn:aws:sqs:us-east-1:000000000000:queue', 'not supported')):
                e = refused('InvalidParameterValueException', dest_ann_lambda.put_function_event_invoke_config, **put(arn))
                assert why in str(e), (why, e)
            dest_bob_lambda.put_function_event_invoke_config(**put('arn:aws:s3:::dest-bob'))
            """,
            ann, bob);
        (await _stack.GlueAsync("webhook", "add", "ops", "https://example.com/hook")).Expect();
        Assert.Contains("arn:glue:webhook:::ops", (await _stack.GlueAsync("webhook", "list")).Expect(), StringComparison.Ordinal);
        await _stack.BotoAsync("""
            assert client.put_function_event_invoke_config(FunctionName='thumbnail', DestinationConfig={'OnFailure': {'Destination': 'arn:glue:webhook:::ops'}})['DestinationConfig']['OnFailure']['Destination'] == 'arn:glue:webhook:::ops'
            client.delete_function_event_invoke_config(FunctionName='thumbnail')
            """);
        (await _stack.GlueAsync("webhook", "remove", "ops")).Expect();
    }
}
