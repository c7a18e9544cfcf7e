namespace Glue.Host.FunctionalTests;

/// <summary>What a rule may not be is refused where it is put; what runs in a circle is stopped.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class RuleTests(SharedStack shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_rule_is_refused_for_a_function_that_is_unknown_that_S3_may_not_invoke_or_that_would_trigger_itself()
    {
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("refusals");
        static string[] Put(string function) =>
        [
            "s3api", "put-bucket-notification-configuration", "--bucket", "refusals", "--notification-configuration",
            $$"""{"LambdaFunctionConfigurations":[{"LambdaFunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:{{function}}","Events":["s3:ObjectCreated:*"]}]}""",
        ];

        var unknown = await _stack.AwsS3Async(Put("nobody"));
        var notAllowed = await _stack.AwsS3Async(Put("thumbnail"));
        var unknownByGlue = await _stack.GlueAsync("rule", "add", "refusals", "nobody");
        var itself = await _stack.GlueAsync("rule", "add", "refusals", "thumbnail", "--prefix", "thumbnails/");
        var noBucket = await _stack.GlueAsync("rule", "add", "no-such-bucket", "thumbnail", "--prefix", "in/");

        Assert.All([unknown, notAllowed], static result => Assert.NotEqual(0, result.ExitCode));
        Assert.Matches(@"\(InvalidArgument\).*Unable to validate the following destination configurations.*nobody", unknown.Error);
        Assert.Matches(@"\(InvalidArgument\).*Unable to validate the following destination configurations.*thumbnail", notAllowed.Error);
        Assert.Contains("add-permission", notAllowed.Error, StringComparison.Ordinal);
        Assert.Equal(
            (2, "glue: There is no function 'nobody'. Deploy it first: aws lambda create-function ...\n"), (unknownByGlue.ExitCode, unknownByGlue.Error));
        Assert.Equal(1, itself.ExitCode);
        Assert.Matches("glue: InvalidArgument: Configuration 'thumbnail' would trigger itself.*--allow-recursion", itself.Error);
        Assert.Equal(1, noBucket.ExitCode);
        Assert.Contains("NoSuchBucket", noBucket.Error, StringComparison.Ordinal);
        Assert.Empty((await s3.GetBucketNotificationAsync("refusals")).LambdaFunctionConfigurations ?? []);
    }

    [Fact]
    public async Task A_function_that_writes_where_its_rule_watches_runs_if_asked_for_and_the_chain_of_16_is_stopped_with_a_reason()
    {
        await _stack.Lambda.CreateAsync("loop", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
            export const handler = async (event) => {
              const { bucket, object } = event.Records[0].s3;
              const next = Number(object.key.split('/')[1]) + 1;
              await fetch(`${process.env.AWS_ENDPOINT_URL_S3}/${bucket.name}/ring/${next}`, { method: 'PUT', body: 'x' });
            };
            """), new() { ["OUTPUT_PREFIX"] = "ring/" });
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("circle");
        var refused = await _stack.GlueAsync("rule", "add", "circle", "loop", "--prefix", "ring/");
        await _stack.AddRuleAsync("circle", "loop", "--prefix", "ring/", "--allow-recursion");
        await s3.PutObjectAsync(new() { BucketName = "circle", Key = "ring/0", ContentBody = "x" });

        var rows = await _stack.SettledAsync("circle", key: null, count: 17);

        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(16, rows.Count(static row => (string)row!["state"]! == "succeeded"));
        var last = Assert.Single(rows, static row => (string)row!["state"]! == "dead")!;
        Assert.Equal(("ring/16", 0), ((string)last["source"]!["key"]!, (int)last["attempts"]!));
        Assert.StartsWith("Recursion stopped: 16 functions in a row caused each other", (string)last["reason"]!, StringComparison.Ordinal);
        Assert.Contains("Recursion stopped", (await _stack.GlueAsync("invocations", "--bucket", "circle", "--state", "dead")).Expect(), StringComparison.Ordinal);
    }
}
