using System.Text.Json;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>What an account lets others use: layers; and conditions of permissions that nobody here meets.</summary>
public sealed class SharingTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Layers = "/2018-10-31/layers";

    private DispatcherServer Server => shared.Server;

    [Fact]
    public async Task A_layer_version_is_another_accounts_to_use_while_its_policy_says_so()
    {
        (await Server.SendAsync(HttpMethod.Post, Layers + "/lent/versions", new { Content = new { ZipFile = Zip.Of(("x", "y")) } })).ExpectOk();
        const string arn = "arn:aws:lambda:us-east-1:000000000000:layer:lent:1";
        var byArn = $"{Layers}?find=LayerVersion&Arn={Uri.EscapeDataString(arn)}";
        Task<Answer> TheirsAsync(string name) => Server.SendAsync(
            HttpMethod.Post, "/2015-03-31/functions", new Dictionary<string, object>(DispatcherServer.NewFunction(name)) { ["Layers"] = new[] { arn } }, DispatcherServer.OtherKey);
        (await TheirsAsync("borrower")).ExpectError(403, "AccessDeniedException");
        (await Server.SendAsync(HttpMethod.Get, byArn, signer: DispatcherServer.OtherKey)).ExpectError(403, "AccessDeniedException");
        (await Server.SendAsync(HttpMethod.Get, Layers + "/lent/versions/1/policy")).ExpectError(404, "ResourceNotFoundException");

        var added = await Server.SendAsync(HttpMethod.Post, Layers + "/lent/versions/1/policy", new { StatementId = "s", Action = "lambda:GetLayerVersion", Principal = "111111111111" });
        Assert.True(added.Status == 201, added.Text);
        var statement = JsonSerializer.Deserialize<JsonElement>(added.Json.GetProperty("Statement").GetString()!);
        Assert.Equal(("arn:aws:iam::111111111111:root", arn), (statement.GetProperty("Principal").GetProperty("AWS").GetString(), statement.GetProperty("Resource").GetString()));
        (await Server.SendAsync(HttpMethod.Post, Layers + "/lent/versions/1/policy", new { StatementId = "s", Action = "lambda:GetLayerVersion", Principal = "*" }))
            .ExpectError(409, "ResourceConflictException");
        (await Server.SendAsync(HttpMethod.Post, Layers + "/lent/versions/1/policy?RevisionId=old", new { StatementId = "t", Action = "lambda:GetLayerVersion", Principal = "*" }))
            .ExpectError(412, "PreconditionFailedException");
        Assert.Equal(1, (await Server.SendAsync(HttpMethod.Get, byArn, signer: DispatcherServer.OtherKey)).Json.GetProperty("Version").GetInt32());
        (await TheirsAsync("borrower")).ExpectOk();

        (await Server.SendAsync(HttpMethod.Delete, Layers + "/lent/versions/1/policy/none")).ExpectError(404, "ResourceNotFoundException");
        Assert.Equal(204, (await Server.SendAsync(HttpMethod.Delete, Layers + "/lent/versions/1/policy/s")).Status);
        (await TheirsAsync("late")).ExpectError(403, "AccessDeniedException");
        var kept = await Server.SendAsync(HttpMethod.Get, "/2015-03-31/functions/borrower/configuration", signer: DispatcherServer.OtherKey);
        Assert.Equal(arn, kept.Json.GetProperty("Layers")[0].GetProperty("Arn").GetString()); // what has it keeps it
    }

    [Theory]
    [InlineData("StatementId", "a b", "ValidationException")]
    [InlineData("Action", "lambda:InvokeFunction", "ValidationException")]
    [InlineData("Principal", "s3.amazonaws.com", "ValidationException")]
    [InlineData("OrganizationId", "o-0123456789", "InvalidParameterValueException")]
    public async Task A_wrong_layer_permission_is_refused(string field, string value, string type)
    {
        var body = new Dictionary<string, string> { ["StatementId"] = "s", ["Action"] = "lambda:GetLayerVersion", ["Principal"] = "*", [field] = value };
        (await Server.SendAsync(HttpMethod.Post, Layers + "/any/versions/1/policy", body)).ExpectError(400, type);
        (await Server.SendAsync(HttpMethod.Post, Layers + "/any/versions/1/policy", new { StatementId = "s", Action = "lambda:GetLayerVersion", Principal = "*" }))
            .ExpectError(404, "ResourceNotFoundException");
    }

    [Fact]
    public async Task A_condition_that_no_call_meets_is_shown_and_lets_nobody_in()
    {
        await Server.DeployAsync("guarded");
        foreach (var (sid, field, value) in new[] { ("org", "PrincipalOrgID", "o-0123456789"), ("token", "EventSourceToken", "amzn1.ask.skill.x") })
        {
            (await Server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/guarded/policy", new Dictionary<string, string>
            {
                ["StatementId"] = sid, ["Action"] = "lambda:InvokeFunction", ["Principal"] = "*", [field] = value,
            })).ExpectOk();
        }

        var policy = (await Server.SendAsync(HttpMethod.Get, "/2015-03-31/functions/guarded/policy")).Json.GetProperty("Policy").GetString()!;
        Assert.Contains("""{"StringEquals":{"aws:PrincipalOrgID":"o-0123456789"}}""", policy, StringComparison.Ordinal);
        Assert.Contains("""{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.x"}}""", policy, StringComparison.Ordinal);
        (await Server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/000000000000%3Afunction%3Aguarded/invocations", "{}", DispatcherServer.OtherKey))
            .ExpectError(403, "AccessDeniedException");
    }

    [Fact]
    public async Task InvokeAsync_takes_an_event_as_Invoke_does()
    {
        var answer = await Server.SendAsync(HttpMethod.Post, "/2014-11-13/functions/fixed/invoke-async/", """{"a":1}""");
        Assert.Equal(202, answer.Status);
        (await Server.SendAsync(HttpMethod.Post, "/2014-11-13/functions/fixed/invoke-async/", "{")).ExpectError(400, "InvalidRequestContentException");
        (await Server.SendAsync(HttpMethod.Post, "/2014-11-13/functions/nobody/invoke-async/", "{}")).ExpectError(404, "ResourceNotFoundException");
    }
}
