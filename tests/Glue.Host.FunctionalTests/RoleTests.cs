using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>Role policies by the command line, as functions that are running feel them.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class RoleTests(SharedStack shared) : IDisposable
{
    /// <summary>Answers the statuses of what it is told to ask for, and how often this sandbox was asked.</summary>
    private const string Prober = """
        const s3 = process.env.AWS_ENDPOINT_URL_S3;
        let calls = 0;
        export const handler = async ({ asks }) => {
          const statuses = [];
          for (const [method, path] of asks) statuses.push((await fetch(`${s3}/${path}`, { method, body: method === 'PUT' ? 'x' : undefined })).status);
          return { statuses, calls: ++calls };
        };
        """;

    private readonly Stack _stack = shared.Stack;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_policy_that_is_put_changed_or_deleted_holds_for_a_running_sandboxs_next_request()
    {
        (await _stack.AwsS3Async("s3", "mb", "s3://roles-a")).Expect();
        (await _stack.AwsS3Async("s3", "mb", "s3://roles-b")).Expect();
        await _stack.Lambda.CreateAsync("prober", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Prober), role: "team/prober-role");
        const string Asks = """{"asks": [["PUT", "roles-a/in/k"], ["GET", "roles-a/in/k"], ["PUT", "roles-b/k"], ["DELETE", "roles-a/in/k"]]}""";

        var without = await ProbeAsync(Asks);
        var put = (await PutAsync("prober-role", """{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::roles-a/in/*"}""")).Expect();
        var with = await ProbeAsync(Asks);
        var listed = (await _stack.GlueAsync("role", "list")).Expect();
        var shown = JsonNode.Parse((await _stack.GlueAsync("role", "show", "prober-role")).Expect())!;
        (await PutAsync("prober-role", """{"Effect": "Deny", "Action": "*", "Resource": "*"}""")).Expect();
        var denied = await ProbeAsync(Asks);
        (await _stack.GlueAsync("role", "delete", "prober-role")).Expect();
        var after = await ProbeAsync(Asks);

        Assert.Equal("[200,200,200,204]", without.Statuses);
        Assert.Equal("[200,200,403,403]", with.Statuses);
        Assert.Equal("[403,403,403,403]", denied.Statuses);
        Assert.Equal("[200,200,200,204]", after.Statuses);
        Assert.Equal([1, 2, 3, 4], new[] { without.Calls, with.Calls, denied.Calls, after.Calls }); // one sandbox all along
        Assert.Contains("prober-role", put, StringComparison.Ordinal);
        Assert.Contains("prober-role", listed, StringComparison.Ordinal);
        Assert.Equal("s3:PutObject", (string)shown["Statement"]![0]!["Action"]![0]!);
    }

    [Fact]
    public async Task What_is_no_policy_of_a_role_is_refused_with_IAMs_error_and_nothing_changes()
    {
        var notAction = await PutAsync("nobody", """{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}""");
        var name = await PutAsync("no/body", """{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}""");
        await File.WriteAllTextAsync(_folder["text"], "not json");
        var text = await _stack.GlueAsync("role", "put", "nobody", "--policy", _folder["text"]);
        var missing = await _stack.GlueAsync("role", "put", "nobody", "--policy", _folder["missing"]);
        var shown = await _stack.GlueAsync("role", "show", "nobody");
        var gone = await _stack.GlueAsync("role", "delete", "nobody");

        Assert.Contains("The element NotAction is not understood", notAction.Error, StringComparison.Ordinal);
        Assert.Contains("not a role's name", name.Error, StringComparison.Ordinal);
        Assert.Contains("is no JSON", text.Error, StringComparison.Ordinal);
        Assert.Contains("cannot be read", missing.Error, StringComparison.Ordinal);
        Assert.All([notAction, name, text, missing, shown, gone], static result => Assert.Equal(2, result.ExitCode));
        Assert.Contains("There is no policy of a role 'nobody'", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_account_has_its_own_roles_which_the_installations_account_may_set()
    {
        using var rob = await Tenant.AddAsync(_stack, "role_rob");
        using var ron = await Tenant.AddAsync(_stack, "role_ron");
        using var put = await rob.Lambda.SendAsync(HttpMethod.Put, "/glue/v1/roles/mine", JsonNode.Parse("""{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"""));
        using var own = await rob.Lambda.SendAsync(HttpMethod.Get, "/glue/v1/roles/mine", body: null);
        using var others = await ron.Lambda.SendAsync(HttpMethod.Get, "/glue/v1/roles/mine", body: null);
        using var reaching = await ron.Lambda.SendAsync(HttpMethod.Delete, $"/glue/v1/accounts/{rob.AccountId}/roles/mine", body: null);
        var shown = await _stack.GlueAsync("role", "show", "mine", "--account", "role_rob");
        var ours = await _stack.GlueAsync("role", "show", "mine");
        (await _stack.GlueAsync("role", "delete", "mine", "--account", rob.AccountId)).Expect();
        using var after = await rob.Lambda.SendAsync(HttpMethod.Get, "/glue/v1/roles/mine", body: null);

        Assert.Equal([200, 200, 404, 403, 404], new[] { put, own, others, reaching, after }.Select(static answer => (int)answer.StatusCode));
        Assert.Contains("s3:GetObject", shown.Expect(), StringComparison.Ordinal);
        Assert.Equal(2, ours.ExitCode);
    }

    private async Task<Cli.Result> PutAsync(string role, string statement)
    {
        await File.WriteAllTextAsync(_folder["policy"], $$"""{"Version": "2012-10-17", "Statement": [{{statement}}]}""");
        return await _stack.GlueAsync("role", "put", role, "--policy", _folder["policy"]);
    }

    private async Task<(string Statuses, int Calls)> ProbeAsync(string asks)
    {
        var answer = await _stack.Lambda.InvokeAsync("prober", asks);
        Assert.Null(answer.Error);
        var seen = JsonNode.Parse(answer.Payload)!;
        return (seen["statuses"]!.ToJsonString(), (int)seen["calls"]!);
    }
}
