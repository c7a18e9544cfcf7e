using System.Text.Json;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>The life of a function as Debian's aws drives it.</summary>
public sealed class AwsCliTests
{
    [Fact]
    public async Task Aws_creates_waits_for_invokes_updates_lists_and_deletes_a_function()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        await File.WriteAllBytesAsync(folder["code.zip"], Zip.Of(("bootstrap", "#!/bin/sh\n")));

        var made = Parse(await server.AwsAsync(
            "create-function", "--function-name", "hello", "--runtime", "provided.al2023", "--handler", "bootstrap", "--role", DispatcherServer.Role,
            "--zip-file", $"fileb://{folder["code.zip"]}", "--environment", "Variables={COLOR=blue}", "--timeout", "30", "--memory-size", "256", "--tags", "team=a"));
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:hello", made.GetProperty("FunctionArn").GetString());
        (await server.AwsAsync("wait", "function-active-v2", "--function-name", "hello")).Expect();

        var invoked = Parse(await server.AwsAsync(
            "invoke", "--function-name", made.GetProperty("FunctionArn").GetString()!, "--payload", """{"a":1}""", "--cli-binary-format", "raw-in-base64-out", "--log-type", "Tail", folder["out"]));
        Assert.Equal("""{"a":1}""", await File.ReadAllTextAsync(folder["out"]));
        Assert.Equal((200, "$LATEST"), (invoked.GetProperty("StatusCode").GetInt32(), invoked.GetProperty("ExecutedVersion").GetString()));
        Assert.StartsWith("START RequestId", System.Text.Encoding.UTF8.GetString(invoked.GetProperty("LogResult").GetBytesFromBase64()), StringComparison.Ordinal);

        var updated = Parse(await server.AwsAsync("update-function-configuration", "--function-name", "hello", "--timeout", "60"));
        Assert.Equal((60, 256), (updated.GetProperty("Timeout").GetInt32(), updated.GetProperty("MemorySize").GetInt32()));
        Assert.NotEqual(made.GetProperty("RevisionId").GetString(), updated.GetProperty("RevisionId").GetString());
        Assert.Equal("blue", updated.GetProperty("Environment").GetProperty("Variables").GetProperty("COLOR").GetString());
        Assert.Contains("arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST", server.Worker.Retired);

        await File.WriteAllBytesAsync(folder["code2.zip"], Zip.Of(("bootstrap", "#!/bin/sh\nexit 1\n")));
        var recoded = Parse(await server.AwsAsync("update-function-code", "--function-name", "hello", "--zip-file", $"fileb://{folder["code2.zip"]}"));
        Assert.NotEqual(made.GetProperty("CodeSha256").GetString(), recoded.GetProperty("CodeSha256").GetString());
        (await server.AwsAsync("wait", "function-updated-v2", "--function-name", "hello")).Expect();
        Assert.Single(Directory.GetFiles(folder["code"])); // the old zip went with its last user

        var got = Parse(await server.AwsAsync("get-function", "--function-name", "hello"));
        Assert.Equal("a", got.GetProperty("Tags").GetProperty("team").GetString());
        Assert.Equal(
            await File.ReadAllBytesAsync(folder["code2.zip"]),
            await server.Client.GetByteArrayAsync(new Uri(got.GetProperty("Code").GetProperty("Location").GetString()!)));

        Assert.Equal("hello", Parse(await server.AwsAsync("list-functions")).GetProperty("Functions")[0].GetProperty("FunctionName").GetString());
        (await server.AwsAsync("delete-function", "--function-name", "hello")).Expect();
        var gone = await server.AwsAsync("get-function", "--function-name", "hello");
        Assert.Equal(254, gone.ExitCode);
        Assert.Contains("(ResourceNotFoundException)", gone.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder["code"]));
    }

    private static JsonElement Parse(Cli.Result result) => JsonSerializer.Deserialize<JsonElement>(result.Expect());
}
