using System.Text.Json;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>The FunctionUrlConfig family.</summary>
public sealed class FunctionUrlConfigTests : IDisposable
{
    private const string Path = "/2021-10-31/functions/f/url";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Boto3_makes_reads_changes_lists_and_deletes_URLs_of_a_function_and_of_its_alias()
    {
        await using var server = await StartAsync();

        var said = await server.BotoAsync("""
            client.publish_version(FunctionName='f')
            client.create_alias(FunctionName='f', Name='live', FunctionVersion='1')
            made = client.create_function_url_config(FunctionName='f', AuthType='NONE', Cors={'AllowOrigins': ['https://a.example'], 'AllowMethods': ['GET'], 'MaxAge': 60})
            assert made['FunctionUrl'].startswith('http://') and '.lambda-url.us-east-1.localhost:' in made['FunctionUrl'] and made['FunctionUrl'].endswith('/'), made
            client.create_function_url_config(FunctionName='f', Qualifier='live', AuthType='AWS_IAM')
            changed = client.update_function_url_config(FunctionName='f', AuthType='AWS_IAM')
            assert changed['FunctionUrl'] == made['FunctionUrl'] and changed['CreationTime'] == made['CreationTime'], changed
            assert changed['Cors'] == made['Cors'] == {'AllowOrigins': ['https://a.example'], 'AllowMethods': ['GET'], 'MaxAge': 60}, changed
            assert client.get_function_url_config(FunctionName='f')['LastModifiedTime'] == changed['LastModifiedTime']
            listed = client.list_function_url_configs(FunctionName='f')['FunctionUrlConfigs']
            print([url['FunctionArn'].split('function:')[1] for url in listed], len({url['FunctionUrl'] for url in listed}))
            page = client.list_function_url_configs(FunctionName='f', MaxItems=1)
            print(len(page['FunctionUrlConfigs']), [u['FunctionArn'].split(':')[-1] for u in client.list_function_url_configs(FunctionName='f', Marker=page['NextMarker'])['FunctionUrlConfigs']])
            client.delete_function_url_config(FunctionName='f', Qualifier='live')
            client.delete_function_url_config(FunctionName='f')
            print(client.list_function_url_configs(FunctionName='f')['FunctionUrlConfigs'])
            again = client.create_function_url_config(FunctionName='f', AuthType='NONE')
            assert again['FunctionUrl'] != made['FunctionUrl']
            """);

        Assert.Equal("['f', 'f:live'] 2\n1 ['live']\n[]\n", said.Expect());
    }

    [Fact]
    public async Task What_cannot_be_is_refused_as_AWS_does()
    {
        await using var server = await StartAsync();
        await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/versions", new { });

        foreach (var body in new object[]
        {
            new { },
            new { AuthType = "SOME" },
            new { AuthType = "NONE", InvokeMode = "SLOW" },
            new { AuthType = "NONE", Cors = new { MaxAge = 86_401 } },
            new { AuthType = "NONE", Cors = new { AllowMethods = new[] { "OPTIONS" } } },
            new { AuthType = "NONE", Cors = new { AllowMethods = new[] { "TRACE" } } },
            new { AuthType = "NONE", Cors = new { AllowOrigins = new[] { new string('a', 254) } } },
            new { AuthType = "NONE", Cors = new { AllowOrigins = new string?[] { null } } },
            new { AuthType = "NONE", Cors = new { AllowHeaders = Enumerable.Repeat("x", 101) } },
            new { AuthType = "NONE", Cors = new { ExposeHeaders = new[] { "x\ny" } } },
        })
        {
            var answer = await server.SendAsync(HttpMethod.Post, Path, body);
            Assert.True(answer.Status == 400 && answer.ErrorType == "ValidationException", $"{JsonSerializer.Serialize(body)}: {answer.Status} {answer.Text}");
        }

        (await server.SendAsync(HttpMethod.Post, Path, "[]")).ExpectError(400, "InvalidRequestContentException");
        (await server.SendAsync(HttpMethod.Post, Path + "?Qualifier=1", new { AuthType = "NONE" })).ExpectError(400, "ValidationException");
        (await server.SendAsync(HttpMethod.Post, Path + "?Qualifier=%24LATEST", new { AuthType = "NONE" })).ExpectError(400, "ValidationException");
        (await server.SendAsync(HttpMethod.Post, Path + "?Qualifier=none", new { AuthType = "NONE" })).ExpectError(404, "ResourceNotFoundException");
        (await server.SendAsync(HttpMethod.Get, Path)).ExpectError(404, "ResourceNotFoundException");
        (await server.SendAsync(HttpMethod.Put, Path, new { AuthType = "NONE" })).ExpectError(404, "ResourceNotFoundException");
        (await server.SendAsync(HttpMethod.Delete, Path)).ExpectError(404, "ResourceNotFoundException");
        (await server.SendAsync(HttpMethod.Post, Path, new { AuthType = "NONE" })).ExpectOk();
        (await server.SendAsync(HttpMethod.Post, Path, new { AuthType = "NONE" })).ExpectError(409, "ResourceConflictException");
    }

    [Fact]
    public async Task Permissions_name_the_kind_of_URL_and_give_nobody_more_than_that()
    {
        await using var server = await StartAsync();
        const string policy = "/2015-03-31/functions/f/policy";

        (await server.SendAsync(HttpMethod.Post, policy, new { StatementId = "a", Action = "lambda:InvokeFunction", Principal = "*", FunctionUrlAuthType = "NONE" }))
            .ExpectError(400, "InvalidParameterValueException");
        (await server.SendAsync(HttpMethod.Post, policy, new { StatementId = "a", Action = "lambda:InvokeFunctionUrl", Principal = "*", FunctionUrlAuthType = "OPEN" }))
            .ExpectError(400, "ValidationException");
        (await server.SendAsync(HttpMethod.Post, policy, new { StatementId = "url", Action = "lambda:InvokeFunctionUrl", Principal = "*", FunctionUrlAuthType = "NONE" })).ExpectOk();
        (await server.SendAsync(HttpMethod.Post, policy, new { StatementId = "via", Action = "lambda:InvokeFunction", Principal = "*", InvokedViaFunctionUrl = true })).ExpectOk();
        var statements = JsonDocument.Parse((await server.SendAsync(HttpMethod.Get, policy)).Json.GetProperty("Policy").GetString()!).RootElement.GetProperty("Statement");
        var direct = await server.SendAsync(
            HttpMethod.Post, "/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations", "{}", DispatcherServer.OtherKey);

        Assert.Equal(
            ["""{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}""", """{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}"""],
            statements.EnumerateArray().Select(static statement => statement.GetProperty("Condition").GetRawText()));
        direct.ExpectError(403, "AccessDeniedException");
    }

    private async Task<DispatcherServer> StartAsync()
    {
        var server = await DispatcherServer.StartAsync(_folder);
        await server.DeployAsync("f");
        return server;
    }
}
