using System.Text;
using System.Text.Json;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>What is wrong with a request is said with AWS's status and error type, and a message that helps.</summary>
public sealed class BadInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Functions = "/2015-03-31/functions";

    private DispatcherServer Server => shared.Server;

    [Theory]
    [InlineData("FunctionName", null, "ValidationException", "'functionName'")]
    [InlineData("FunctionName", "with space", "ValidationException", "'functionName'")]
    [InlineData("Role", null, "ValidationException", "'role'")]
    [InlineData("Role", "not-an-arn", "ValidationException", "regular expression pattern: arn:(aws")]
    [InlineData("Code", null, "ValidationException", "'code'")]
    [InlineData("Handler", null, "InvalidParameterValueException", "Runtime and Handler are mandatory")]
    [InlineData("Handler", "a b", "ValidationException", "'handler'")]
    [InlineData("Runtime", null, "InvalidParameterValueException", "Runtime and Handler are mandatory")]
    [InlineData("Runtime", "cobol85", "InvalidParameterValueException", "Member must satisfy enum value set: [provided.al2023, provided.al2, nodejs20.x,")]
    [InlineData("MemorySize", 127, "ValidationException", "greater than or equal to 128")]
    [InlineData("MemorySize", 10241, "ValidationException", "less than or equal to 10240")]
    [InlineData("MemorySize", "much", "InvalidRequestContentException", "$.MemorySize")]
    [InlineData("Timeout", 0, "ValidationException", "'timeout'")]
    [InlineData("Timeout", 901, "ValidationException", "'timeout'")]
    [InlineData("PackageType", "Image", "InvalidParameterValueException", "upload a zip")]
    [InlineData("PackageType", "Tar", "ValidationException", "'packageType'")]
    [InlineData("CodeSigningConfigArn", "arn:aws:lambda:us-east-1:000000000000:code-signing-config:x", "InvalidParameterValueException", "leave it out")]
    public async Task A_wrong_field_of_CreateFunction_is_named(string field, object? value, string type, string says)
    {
        var body = DispatcherServer.NewFunction("bad");
        body[field] = value!;
        Assert.Contains(says, (await Server.SendAsync(HttpMethod.Post, Functions, body)).ExpectError(400, type), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_shape_are_reported_together()
    {
        var body = DispatcherServer.NewFunction("bad");
        (body["Timeout"], body["MemorySize"], body["EphemeralStorage"]) = (0, 1, new { Size = 5 });
        var message = (await Server.SendAsync(HttpMethod.Post, Functions, body)).ExpectError(400, "ValidationException");
        Assert.StartsWith("3 validation errors detected", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_variables_are_checked_for_names_reserved_ones_and_size_and_never_shown()
    {
        async Task<string> RefusedAsync(string type, Dictionary<string, string> variables)
        {
            var body = DispatcherServer.NewFunction("bad");
            body["Environment"] = new { Variables = variables };
            return (await Server.SendAsync(HttpMethod.Post, Functions, body)).ExpectError(400, type);
        }

        Assert.Contains("reserved keys", await RefusedAsync("InvalidParameterValueException", new() { ["AWS_REGION"] = "x" }), StringComparison.Ordinal);
        Assert.Contains("'1BAD'", await RefusedAsync("ValidationException", new() { ["1BAD"] = "x" }), StringComparison.Ordinal);
        var message = await RefusedAsync("InvalidParameterValueException", new() { ["PASSWORD"] = new string('s', 4096) });
        Assert.Contains("4KB limit", message, StringComparison.Ordinal);
        Assert.DoesNotContain("sss", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_is_no_usable_zip_is_refused_and_leaves_nothing_behind()
    {
        foreach (var zip in new[] { Encoding.UTF8.GetBytes("not a zip"), Zip.Of(("../out", "x")), Zip.Of(("/etc/passwd", "x")), Zip.Of() })
        {
            (await Server.SendAsync(HttpMethod.Post, Functions, DispatcherServer.NewFunction("bad", zip))).ExpectError(400, "InvalidParameterValueException");
        }

        var noCode = DispatcherServer.NewFunction("bad");
        noCode["Code"] = new { };
        Assert.Equal("Please provide a source for function code.",
            (await Server.SendAsync(HttpMethod.Post, Functions, noCode)).ExpectError(400, "InvalidParameterValueException"));
        (await Server.SendAsync(HttpMethod.Get, Functions + "/bad")).ExpectError(404, "ResourceNotFoundException");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"FunctionName\":7}")]
    [InlineData("{\"Code\":{\"ZipFile\":\"***\"}}")]
    public async Task A_body_that_is_not_the_json_expected_is_refused(string body) =>
        (await Server.SendAsync(HttpMethod.Post, Functions, body)).ExpectError(400, "InvalidRequestContentException");

    [Fact]
    public async Task A_function_that_exists_already_conflicts() => Assert.Equal(
        "Function already exist: fixed",
        (await Server.SendAsync(HttpMethod.Post, Functions, DispatcherServer.NewFunction("fixed"))).ExpectError(409, "ResourceConflictException"));

    [Fact]
    public async Task A_revision_that_is_not_the_latest_fails_the_precondition()
    {
        foreach (var (path, body) in new (string, object)[]
        {
            ("configuration", new { Timeout = 5, RevisionId = "old" }),
            ("code", new { ZipFile = Zip.Of(("bootstrap", "x")), RevisionId = "old" }),
        })
        {
            (await Server.SendAsync(HttpMethod.Put, $"{Functions}/fixed/{path}", body)).ExpectError(412, "PreconditionFailedException");
        }
    }

    [Theory]
    [InlineData("GET", "/nobody")]
    [InlineData("DELETE", "/nobody")]
    [InlineData("GET", "/nobody/configuration")]
    [InlineData("PUT", "/nobody/configuration")]
    [InlineData("POST", "/nobody/invocations")]
    [InlineData("GET", "/nobody/policy")]
    [InlineData("GET", "/nobody/versions")]
    [InlineData("GET", "/fixed?Qualifier=7")]
    [InlineData("POST", "/fixed:live/invocations")]
    [InlineData("POST", "/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Afixed/invocations")]
    public async Task Who_does_not_exist_is_not_found(string method, string path) =>
        (await Server.SendAsync(new HttpMethod(method), Functions + path, "{}")).ExpectError(404, "ResourceNotFoundException");

    [Fact]
    public async Task Another_accounts_function_never_answers()
    {
        const string arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Afixed";
        (await Server.SendAsync(HttpMethod.Get, $"{Functions}/{arn}", signer: DispatcherServer.OtherKey)).ExpectError(403, "AccessDeniedException");
        (await Server.SendAsync(HttpMethod.Post, $"{Functions}/{arn}/invocations", "{}", DispatcherServer.OtherKey)).ExpectError(403, "AccessDeniedException");
        (await Server.SendAsync(HttpMethod.Get, $"{Functions}/fixed", signer: DispatcherServer.OtherKey)).ExpectError(404, "ResourceNotFoundException");
        Assert.Empty((await Server.SendAsync(HttpMethod.Get, Functions, signer: DispatcherServer.OtherKey)).Json.GetProperty("Functions").EnumerateArray());
    }

    [Theory]
    [InlineData("{", "InvalidRequestContentException")]
    [InlineData("{} {}", "InvalidRequestContentException")]
    [InlineData("{'a':1}", "InvalidRequestContentException")]
    public async Task A_payload_that_is_not_json_is_refused(string payload, string type) =>
        (await Server.SendAsync(HttpMethod.Post, $"{Functions}/fixed/invocations", payload)).ExpectError(400, type);

    [Fact]
    public async Task A_payload_that_is_not_utf8_is_refused() => (await Server.SendAsync(
        HttpMethod.Post, $"{Functions}/fixed/invocations", new byte[] { (byte)'"', 0xFF, 0xFE, (byte)'"' })).ExpectError(400, "InvalidRequestContentException");

    [Fact]
    public async Task Payload_limits_are_6_MiB_for_an_answer_and_1_MiB_for_an_event()
    {
        static byte[] Json(int bytes) => Encoding.UTF8.GetBytes($"\"{new string('x', bytes - 2)}\"");
        var path = $"{Functions}/fixed/invocations";
        (string, string) asEvent = ("X-Amz-Invocation-Type", "Event");
        Assert.Equal(200, (await Server.SendAsync(HttpMethod.Post, path, Json(6 * 1024 * 1024))).Status);
        (await Server.SendAsync(HttpMethod.Post, path, Json((6 * 1024 * 1024) + 1))).ExpectError(413, "RequestEntityTooLargeException");
        Assert.Equal(202, (await Server.SendAsync(HttpMethod.Post, path, Json(1024 * 1024), header: asEvent)).Status);
        (await Server.SendAsync(HttpMethod.Post, path, Json((1024 * 1024) + 1), header: asEvent)).ExpectError(413, "RequestEntityTooLargeException");
    }

    [Theory]
    [InlineData("X-Amz-Invocation-Type", "Maybe", "ValidationException")]
    [InlineData("X-Amz-Log-Type", "All", "ValidationException")]
    [InlineData("X-Amz-Client-Context", "not base64!", "InvalidRequestContentException")]
    public async Task A_wrong_header_of_Invoke_is_named(string name, string value, string type) =>
        (await Server.SendAsync(HttpMethod.Post, $"{Functions}/fixed/invocations", "{}", header: (name, value))).ExpectError(400, type);

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/2015-03-31/functions/fixed/nothing")]
    [InlineData("PATCH", "/2015-03-31/functions/fixed")]
    [InlineData("GET", "/2014-11-13/functions/fixed/invoke-async/")]
    [InlineData("PATCH", "/2015-03-31/event-source-mappings/")]
    [InlineData("GET", "/2015-03-31/functions/a/b/invocations")]
    public async Task An_unknown_action_is_awss_error(string method, string path) =>
        (await Server.SendAsync(new HttpMethod(method), path)).ExpectError(404, "UnknownOperationException");

    [Fact]
    public async Task Pages_and_markers_are_checked()
    {
        (await Server.SendAsync(HttpMethod.Get, Functions + "?MaxItems=0")).ExpectError(400, "ValidationException");
        (await Server.SendAsync(HttpMethod.Get, Functions + "?MaxItems=ten")).ExpectError(400, "ValidationException");
        (await Server.SendAsync(HttpMethod.Get, Functions + "?Marker=zzz")).ExpectError(400, "InvalidParameterValueException");
        (await Server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?state=lost")).ExpectError(400, "InvalidParameterValueException");
        (await Server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?before=later")).ExpectError(400, "InvalidParameterValueException");
        (await Server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?limit=9999")).ExpectError(400, "InvalidParameterValueException");
        (await Server.SendAsync(HttpMethod.Get, "/glue/v1/invocations/none")).ExpectError(404, "ResourceNotFoundException");
    }

    [Fact]
    public async Task Unsigned_or_wrongly_signed_requests_get_awss_403()
    {
        using var unsigned = await Server.Client.GetAsync(new Uri(Server.Endpoint + Functions));
        (await Answer.ReadAsync(unsigned)).ExpectError(403, "MissingAuthenticationTokenException");
        (await Server.SendAsync(HttpMethod.Get, Functions, signer: DispatcherServer.Key with { SecretAccessKey = "wrong" }))
            .ExpectError(403, "InvalidSignatureException");
        (await Server.SendAsync(HttpMethod.Get, Functions, signer: DispatcherServer.Key with { AccessKeyId = "AKIDNOBODY" }))
            .ExpectError(403, "UnrecognizedClientException");
    }

    [Fact]
    public async Task A_strangers_large_body_is_refused_before_it_is_read()
    {
        var large = new byte[200_000];
        using var content = new ByteArrayContent(large);
        using var unsigned = await Server.Client.PostAsync(new Uri(Server.Endpoint + Functions), content);
        (await Answer.ReadAsync(unsigned)).ExpectError(403, "MissingAuthenticationTokenException");
        (await Server.SendAsync(HttpMethod.Post, $"{Functions}/fixed/invocations", large, DispatcherServer.Key with { AccessKeyId = "AKIDNOBODY" }))
            .ExpectError(403, "UnrecognizedClientException");
    }

    [Fact]
    public async Task A_body_changed_on_the_way_is_noticed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Server.Endpoint}{Functions}/fixed/invocations"));
        request.Content = new ByteArrayContent("""{"pay":999}"""u8.ToArray());
        new Glue.Foundation.Signing.SigV4Signer(TimeProvider.System).Sign(
            request, DispatcherServer.Key, "us-east-1", "lambda", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("""{"pay":1}"""u8)));
        using var response = await Server.Client.SendAsync(request);
        (await Answer.ReadAsync(response)).ExpectError(403, "InvalidSignatureException");
    }

    [Fact]
    public async Task A_download_link_that_was_tampered_with_opens_nothing()
    {
        var location = (await Server.SendAsync(HttpMethod.Get, $"{Functions}/fixed")).Json.GetProperty("Code").GetProperty("Location").GetString()!;
        foreach (var bad in new[] { location.Replace("fixed", "other", StringComparison.Ordinal), location.Replace("expires=", "expires=9", StringComparison.Ordinal), location[..^1], $"{Server.Endpoint}/glue/v1/code/" })
        {
            using var response = await Server.Client.GetAsync(new Uri(bad));
            (await Answer.ReadAsync(response)).ExpectError(403, "AccessDeniedException");
        }
    }

    [Fact]
    public async Task Random_requests_never_get_a_500()
    {
        var random = new Random(4711);
        string[] parts = ["2015-03-31", "functions", "fixed", "invocations", "policy", "tags", "%00", "..", "arn:aws:lambda", "glue", "v1", "code", "%ff%fe", "configuration", "2017-03-31", "a b", ""];
        string[] methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"];
        string[] bodies = ["", "{}", "[]", "null", "{\"FunctionName\":null,\"Code\":{}}", "{\"Tags\":{\"a\":null}}", "\u0001", "{\"Statement\":1}", new string('[', 5000)];
        for (var i = 0; i < 600; i++)
        {
            var path = "/" + string.Join('/', Enumerable.Range(0, random.Next(6)).Select(_ => Uri.EscapeDataString(Uri.UnescapeDataString(parts[random.Next(parts.Length)]))));
            var query = random.Next(3) == 0 ? "?Qualifier=%24LATEST&Marker=&MaxItems=-1&tagKeys=x&wait=0" : "";
            var answer = await Server.SendAsync(new HttpMethod(methods[random.Next(methods.Length)]), path + query, bodies[random.Next(bodies.Length)]);
            Assert.True(answer.Status < 500, $"{path}{query}: {answer.Status} {answer.Text}");
        }

        if ((await Server.SendAsync(HttpMethod.Get, Functions + "/fixed")).Status == 404)
        {
            await Server.DeployAsync("fixed"); // one of them was a good DELETE
        }
    }
}
