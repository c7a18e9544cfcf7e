namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>Whatever is sent to the actions of versions, aliases, layers and provisioned concurrency is answered as the caller's fault.</summary>
public sealed class VersionBadInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Fixed = "/2015-03-31/functions/fixed";

    [Theory]
    [InlineData("POST", Fixed + "/versions")]
    [InlineData("POST", Fixed + "/aliases")]
    [InlineData("PUT", Fixed + "/aliases/none")]
    [InlineData("PUT", "/2019-09-30/functions/fixed/provisioned-concurrency?Qualifier=1")]
    [InlineData("POST", "/2018-10-31/layers/bad/versions")]
    [InlineData("PUT", "/2021-07-20/functions/fixed/runtime-management-config")]
    public async Task A_body_that_is_not_of_the_shape_is_refused(string method, string path)
    {
        foreach (var body in (string[])["{", "[]", "\"x\"", "null", "1", "{\"Description\":1,\"Content\":[],\"RoutingConfig\":[],\"ProvisionedConcurrentExecutions\":\"x\",\"UpdateRuntimeOn\":{}}"])
        {
            var answer = await shared.Server.SendAsync(new HttpMethod(method), path, System.Text.Encoding.UTF8.GetBytes(body));
            Assert.True(answer.Status is >= 400 and < 500, $"{method} {path} with {body}: {answer.Status} {answer.Text}");
        }
    }

    [Theory]
    [InlineData("GET", Fixed + "?Qualifier=no+such", 400)]
    [InlineData("GET", Fixed + "?Qualifier=none", 404)]
    [InlineData("GET", Fixed + "%3A1", 404)]
    [InlineData("GET", Fixed + "%3A1?Qualifier=2", 400)]
    [InlineData("DELETE", Fixed + "?Qualifier=$LATEST", 400)]
    [InlineData("DELETE", Fixed + "?Qualifier=7", 404)]
    [InlineData("POST", Fixed + "%3A1/versions", 400)]
    [InlineData("GET", Fixed + "/versions?MaxItems=0", 400)]
    [InlineData("GET", Fixed + "/versions?MaxItems=x", 400)]
    [InlineData("GET", Fixed + "/versions?Marker=%FF", 400)]
    [InlineData("GET", Fixed + "/aliases?Marker=*", 400)]
    [InlineData("GET", Fixed + "/aliases/none", 404)]
    [InlineData("GET", "/2015-03-31/functions/absent/aliases", 404)]
    [InlineData("GET", "/2019-09-30/functions/fixed/provisioned-concurrency", 400)]
    [InlineData("GET", "/2019-09-30/functions/fixed/provisioned-concurrency?Qualifier=$LATEST", 400)]
    [InlineData("GET", "/2018-10-31/layers?find=LayerVersion", 400)]
    [InlineData("GET", "/2018-10-31/layers?find=LayerVersion&Arn=x", 400)]
    [InlineData("GET", "/2018-10-31/layers/x/versions/0", 400)]
    [InlineData("GET", "/2018-10-31/layers/x/versions/99999999999999999999", 400)]
    [InlineData("GET", "/2018-10-31/layers/b%20d/versions", 400)]
    [InlineData("GET", "/2018-10-31/layers/arn:aws:lambda:us-east-1:111111111111:layer:x/versions", 403)]
    [InlineData("POST", "/2018-10-31/layers/x/versions", 400)]
    public async Task A_request_for_what_is_not_there_or_cannot_be_gets_the_status_of_AWS(string method, string path, int status)
    {
        var answer = await shared.Server.SendAsync(new HttpMethod(method), path, method == "POST" ? "{}" : null);
        Assert.True(answer.Status == status, $"{method} {path}: {answer.Status} {answer.Text}");
    }

    [Fact]
    public async Task A_layer_that_is_no_usable_zip_is_refused_and_leaves_nothing_behind()
    {
        var before = Directory.GetFiles(shared.Folder["code"]).Length;
        foreach (var zip in new[] { "not a zip"u8.ToArray(), Zip.Of(("../out", "x")), Zip.Of(("/etc/passwd", "x")), Zip.Of() })
        {
            var answer = await shared.Server.SendAsync(HttpMethod.Post, "/2018-10-31/layers/bad/versions", new { Content = new { ZipFile = zip } });
            Assert.True(answer.Status == 400, answer.Text);
        }

        Assert.Equal(before, Directory.GetFiles(shared.Folder["code"]).Length);
    }
}
