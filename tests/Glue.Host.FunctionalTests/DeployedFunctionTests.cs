using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>Functions of every runtime, deployed and called with stock tools, that reach the store with no settings.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class DeployedFunctionTests(SharedStack shared)
{
    private const string Role = "arn:aws:iam::000000000000:role/any";

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_node_function_deployed_and_called_by_awscli_reads_and_writes_the_store_through_its_gateway()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["function.zip"], Zip.Of("index.mjs", """
            export const handler = async ({ bucket, from, to }) => {
              const store = process.env.AWS_ENDPOINT_URL_S3;
              const text = await (await fetch(`${store}/${bucket}/${from}`)).text();
              const put = await fetch(`${store}/${bucket}/${to}`, { method: 'PUT', body: text.toUpperCase() });
              console.log('shouted', text);
              return put.status;
            };
            """));
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("node-bucket");
        await s3.PutObjectAsync(new() { BucketName = "node-bucket", Key = "quiet", ContentBody = "hello" });
        (await _stack.AwsLambdaAsync(
            "create-function", "--function-name", "shout", "--runtime", "nodejs20.x", "--handler", "index.handler", "--role", Role,
            "--timeout", "20", "--zip-file", "fileb://" + folder["function.zip"])).Expect();

        var answer = JsonNode.Parse((await _stack.AwsLambdaAsync(
            "invoke", "--function-name", "shout", "--payload", """{"bucket":"node-bucket","from":"quiet","to":"loud"}""",
            "--cli-binary-format", "raw-in-base64-out", "--log-type", "Tail", folder["answer"])).Expect())!;

        Assert.Equal("200", await File.ReadAllTextAsync(folder["answer"]));
        Assert.Equal((200, "$LATEST", null), ((int)answer["StatusCode"]!, (string?)answer["ExecutedVersion"], (string?)answer["FunctionError"]));
        var log = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)answer["LogResult"]!));
        Assert.Matches(@"START RequestId[^\n]*\n[^\n]*shouted hello\nEND RequestId[^\n]*\nREPORT RequestId", log);
        using var loud = new StreamReader((await s3.GetObjectAsync("node-bucket", "loud")).ResponseStream);
        Assert.Equal("HELLO", await loud.ReadToEndAsync());
    }

    [Fact]
    public async Task A_python_function_deployed_and_called_by_boto3_uses_boto3_itself_with_no_settings()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["function.zip"], Zip.Of("app.py", """
            import boto3
            s3 = boto3.client('s3')
            def handler(event, context):
                if 'fail' in event:
                    raise ValueError('asked to fail')
                print('copying', event['key'])
                body = s3.get_object(Bucket='python-bucket', Key=event['key'])['Body'].read()
                s3.put_object(Bucket='python-bucket', Key=event['key'] + '.copy', Body=body, Metadata={'by': context.function_name})
                return {'bytes': len(body)}
            """));
        var said = await _stack.BotoAsync($$"""
            s3.create_bucket(Bucket='python-bucket')
            s3.put_object(Bucket='python-bucket', Key='now', Body=b'12345')
            s3.put_object(Bucket='python-bucket', Key='later', Body=b'1234567')
            client.create_function(FunctionName='copy', Runtime='python3.11', Handler='app.handler', Role='{{Role}}', Timeout=30, MemorySize=256,
                                   Code={'ZipFile': open('{{folder["function.zip"]}}', 'rb').read()})
            client.get_waiter('function_active_v2').wait(FunctionName='copy')
            def invoke(event, **more):
                answer = client.invoke(FunctionName='copy', Payload=json.dumps(event), **more)
                print(answer['StatusCode'], answer.get('FunctionError'), answer['Payload'].read().decode())
                return answer
            invoke({'key': 'never'}, InvocationType='DryRun')
            answer = invoke({'key': 'now'}, LogType='Tail')
            print([line.split(' ')[0] for line in base64.b64decode(answer['LogResult']).decode().splitlines()])
            print(s3.head_object(Bucket='python-bucket', Key='now.copy')['Metadata'])
            invoke({'fail': 1})
            invoke({'key': 'later'}, InvocationType='Event')
            s3.get_waiter('object_exists').wait(Bucket='python-bucket', Key='later.copy', WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
            """);

        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["204 None ", "200 None {\"bytes\": 5}", "['START', 'copying', 'END', 'REPORT']", "{'by': 'copy'}"], lines[..4].Select(static line => line.TrimEnd('\r')));
        Assert.StartsWith("200 Unhandled {\"errorMessage\": \"asked to fail\", \"errorType\": \"ValueError\"", lines[4], StringComparison.Ordinal);
        Assert.Equal("202 None ", lines[5]);
        Assert.Equal(6, lines.Length);
    }

    [Fact]
    public async Task A_CSharp_function_compiled_ahead_of_time_is_deployed_and_updated_by_awscli()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(
            folder["function.zip"], Zip.Of("bootstrap", await File.ReadAllBytesAsync(Repository.Artifact("functions/echo/bootstrap")), Zip.Executable));
        (await _stack.AwsLambdaAsync(
            "create-function", "--function-name", "echo", "--runtime", "provided.al2023", "--handler", "bootstrap", "--role", Role,
            "--zip-file", "fileb://" + folder["function.zip"])).Expect();
        var first = await _stack.Lambda.InvokeAsync("echo", """{"round":1}""");
        (await _stack.AwsLambdaAsync("update-function-configuration", "--function-name", "echo", "--memory-size", "512")).Expect();
        var second = await _stack.Lambda.InvokeAsync("echo", """{"round":2}""");
        (await _stack.AwsLambdaAsync("delete-function", "--function-name", "echo")).Expect();
        var gone = await _stack.AwsLambdaAsync("get-function", "--function-name", "echo");

        Assert.Equal((null, """{"round":1}"""), (first.Error, first.Payload));
        Assert.Equal((null, """{"round":2}"""), (second.Error, second.Payload));
        Assert.Contains("Memory Size: 512 MB", second.LogTail, StringComparison.Ordinal);
        Assert.Contains("ResourceNotFoundException", gone.Error, StringComparison.Ordinal);
    }
}
