using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>Streamed answers and function URLs through the whole stack, with clients that know nothing of Glue.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class StreamingTests(SharedStack shared)
{
    /// <summary>Writes, then waits for an object that another invocation of it puts: so the client has the first part while the handler still runs.</summary>
    private const string Streaming = """
        const store = process.env.AWS_ENDPOINT_URL_S3;
        export const handler = awslambda.streamifyResponse(async (event, out, context) => {
          const { name, fail, release } = event.rawPath ? JSON.parse(event.body) : event;
          if (release) {
            await fetch(`${store}/streaming-bucket/${release}`, { method: 'PUT', body: 'go' });
            return;
          }
          if (event.rawPath) out = awslambda.HttpResponseStream.from(out, { statusCode: 201, headers: { 'x-path': event.rawPath }, cookies: ['a=b'] });
          out.write('first');
          while (name && (await fetch(`${store}/streaming-bucket/${name}`)).status !== 200) await new Promise(r => setTimeout(r, 20));
          if (fail) throw new RangeError('midway');
          out.end('second');
        });
        """;

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task The_node_SDK_reads_the_first_chunk_while_the_handler_runs_and_its_end_whatever_it_is()
    {
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("streaming-bucket");
        await _stack.Lambda.CreateAsync("streams", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Streaming), timeout: 120);

        await NodePackages.RunAsync("Glue.Dispatcher.FunctionalTests", Environment(), """
            import * as aws from '@aws-sdk/client-lambda';
            const lambda = new aws.LambdaClient({ endpoint: process.env.ENDPOINT, region: 'us-east-1', credentials: { accessKeyId: process.env.ACCESS, secretAccessKey: process.env.SECRET } });
            const stream = async (event, more) => (await lambda.send(new aws.InvokeWithResponseStreamCommand({ FunctionName: 'streams', Payload: JSON.stringify(event), ...more }))).EventStream;
            const read = async (event, more, each = () => {}) => {
              let text = '', end;
              for await (const message of await stream(event, more)) {
                if (message.PayloadChunk) { text += Buffer.from(message.PayloadChunk.Payload); await each(text); } else end = message.InvokeComplete;
              }
              return [text, end];
            };
            let released = false;
            const [text, end] = await read({ name: 'sdk' }, { LogType: 'Tail' }, async (text) => {
              if (released) return;
              assert.equal(text, 'first');
              released = true;
              await lambda.send(new aws.InvokeCommand({ FunctionName: 'streams', Payload: JSON.stringify({ release: 'sdk' }) }));
            });
            assert.equal(text, 'firstsecond');
            assert.equal(end.ErrorCode, undefined);
            assert.match(Buffer.from(end.LogResult, 'base64').toString(), /^START RequestId[^]*REPORT RequestId/);
            const [half, failure] = await read({ fail: true });
            assert.equal(half, 'first');
            assert.equal(failure.ErrorCode, 'RangeError');
            assert.equal(JSON.parse(failure.ErrorDetails).errorMessage, 'midway');
            const whole = await lambda.send(new aws.InvokeCommand({ FunctionName: 'streams', Payload: '{}' }));
            assert.equal(Buffer.from(whole.Payload).toString(), 'firstsecond');
            """);
    }

    [Fact]
    public async Task Curl_calls_a_function_by_its_URL_buffered_and_streamed()
    {
        using var folder = new TempFolder();
        await _stack.Lambda.CreateAsync("by-url", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Streaming));
        await File.WriteAllBytesAsync(folder["function.zip"], Zip.Of("app.py", """
            def handler(event, context):
                if event['rawPath'] == '/fail':
                    raise ValueError('not for the caller')
                return {'statusCode': 202, 'cookies': event.get('cookies', []), 'headers': {'x-method': event['requestContext']['http']['method']}, 'body': event['rawQueryString']}
            """));
        (await _stack.AwsLambdaAsync(
            "create-function", "--function-name", "buffered", "--runtime", "python3.11", "--handler", "app.handler", "--role", "arn:aws:iam::000000000000:role/any",
            "--zip-file", "fileb://" + folder["function.zip"])).Expect();
        var streamed = await OpenAsync("by-url", "RESPONSE_STREAM");
        var buffered = await OpenAsync("buffered", "BUFFERED");

        var stream = (await Cli.RunAsync("curl", ["-sS", "-i", "--raw", streamed + "some/path", "-H", "Content-Type: application/json", "-d", "{}"])).Expect();
        var answer = (await Cli.RunAsync("curl", ["-sS", "-i", buffered + "?q=1", "-X", "PUT", "-b", "c=d"])).Expect();
        var failure = (await Cli.RunAsync("curl", ["-sS", "-i", buffered + "fail"])).Expect();
        var health = (await Cli.RunAsync("curl", ["-sS", "-i", buffered + "healthz"])).Expect(); // the function's, as every path of its host

        Assert.StartsWith("HTTP/1.1 201 ", stream, StringComparison.Ordinal);
        Assert.Contains("x-path: /some/path\r\n", stream, StringComparison.Ordinal);
        Assert.Contains("Set-Cookie: a=b\r\n", stream, StringComparison.Ordinal);
        Assert.Contains("Transfer-Encoding: chunked\r\n", stream, StringComparison.Ordinal);
        Assert.Matches("first[^$]*second", stream);
        Assert.StartsWith("HTTP/1.1 202 ", answer, StringComparison.Ordinal);
        Assert.Contains("Set-Cookie: c=d\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("x-method: PUT\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nq=1", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 502 ", failure, StringComparison.Ordinal);
        Assert.EndsWith("""{"Message":"Internal Server Error"}""", failure, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 202 ", health, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["ENDPOINT"] = _stack.Process.Api, ["ACCESS"] = _stack.Process.AccessKey, ["SECRET"] = _stack.Process.SecretKey,
    };

    private async Task<string> OpenAsync(string function, string mode)
    {
        (await _stack.AwsLambdaAsync(
            "add-permission", "--function-name", function, "--statement-id", "url", "--principal", "*", "--action", "lambda:InvokeFunctionUrl",
            "--function-url-auth-type", "NONE")).Expect();
        using var made = await _stack.Lambda.SendAsync(
            HttpMethod.Post, $"/2021-10-31/functions/{function}/url", new JsonObject { ["AuthType"] = "NONE", ["InvokeMode"] = mode });
        return (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["FunctionUrl"]!;
    }
}
