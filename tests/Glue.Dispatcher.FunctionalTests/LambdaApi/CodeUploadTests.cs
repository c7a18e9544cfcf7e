using System.Security.Cryptography;
using System.Text;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>The zip in the body: decoded where it stands, however the client wrote it.</summary>
public sealed class CodeUploadTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly byte[] Code = Zip.Of(("bootstrap", "#!/bin/sh\n"), ("data", Convert.ToBase64String(RandomNumberGenerator.GetBytes(3000))));

    private DispatcherServer Server => shared.Server;

    [Theory]
    [InlineData("plain")]
    [InlineData("slashes")]
    [InlineData("signs")]
    [InlineData("everything")]
    [InlineData("lines")]
    [InlineData("raw-lines")]
    public async Task Base64_is_understood_with_whatever_JSON_escapes_and_line_breaks_it_comes(string how)
    {
        var text = Convert.ToBase64String(Code, how.EndsWith("lines", StringComparison.Ordinal) ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None);
        var written = how switch
        {
            "slashes" => text.Replace("/", "\\/", StringComparison.Ordinal), // json_encode of PHP
            "signs" => text.Replace("+", "\\u002B", StringComparison.Ordinal).Replace("=", "\\u003d", StringComparison.Ordinal), // System.Text.Json's default
            "everything" => string.Concat(text.Select(static c => $"\\u{(int)c:x4}")),
            "lines" or "raw-lines" => text.Replace("\r\n", how == "lines" ? "\\r\\n" : " ", StringComparison.Ordinal),
            _ => text,
        };

        var made = await Server.SendAsync(HttpMethod.Post, "/2015-03-31/functions", Body("upload-" + how, $"\"{written}\""));

        made.ExpectOk();
        Assert.Equal((Convert.ToBase64String(SHA256.HashData(Code)), Code.Length), (made.Json.GetProperty("CodeSha256").GetString(), made.Json.GetProperty("CodeSize").GetInt32()));
    }

    [Theory]
    [InlineData("\"no base64!\"", "InvalidRequestContentException", "ZipFile is not base64")]
    [InlineData("\"AAA\"", "InvalidRequestContentException", "ZipFile is not base64")]
    [InlineData("\"AA\\u00e4A\"", "InvalidRequestContentException", "ZipFile is not base64")]
    [InlineData("\"AAA\\\"\"", "InvalidRequestContentException", "ZipFile is not base64")]
    [InlineData("\"AAA\\u00\"", "InvalidRequestContentException", "Could not parse request body into json")]
    [InlineData("\"AA==", "InvalidRequestContentException", "Could not parse request body into json")]
    [InlineData("7", "InvalidRequestContentException", "ZipFile is not base64")]
    [InlineData("{}", "InvalidRequestContentException", "ZipFile is not base64")]
    [InlineData("null", "InvalidParameterValueException", "Please provide a source for function code")]
    [InlineData("\"\"", "InvalidParameterValueException", "Please provide a source for function code")]
    [InlineData("\" \"", "InvalidParameterValueException", "Please provide a source for function code")]
    [InlineData("\"AAAA\"", "InvalidParameterValueException", "Could not unzip uploaded file")]
    [InlineData("\"AAAA\",\"S3Key\":\"k\"", "InvalidParameterValueException", "Please do not provide other FunctionCode parameters")]
    public async Task What_is_no_code_is_refused_with_AWS_words_by_every_action_that_takes_some(string zipFile, string type, string says)
    {
        var function = Encoding.UTF8.GetBytes($"{{\"ZipFile\":{zipFile}}}");
        var layer = Encoding.UTF8.GetBytes($"{{\"Content\":{{\"ZipFile\":{zipFile}}}}}");

        var answers = new[]
        {
            await Server.SendAsync(HttpMethod.Post, "/2015-03-31/functions", Body("no-code", zipFile)),
            await Server.SendAsync(HttpMethod.Put, "/2015-03-31/functions/fixed/code", function),
            await Server.SendAsync(HttpMethod.Post, "/2018-10-31/layers/no-code/versions", layer),
        };

        Assert.All(answers, answer => Assert.Contains(says, answer.ExpectError(400, type), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_zip_that_is_larger_than_an_upload_may_be_is_a_413_that_its_sender_reads()
    {
        var zip = Convert.ToBase64String(new byte[(50 * 1024 * 1024) + 1]);
        var answer = await Server.SendAsync(HttpMethod.Post, "/2015-03-31/functions", Body("large", $"\"{zip}\""), header: ("Expect", "100-continue"));
        answer.ExpectError(413, "RequestEntityTooLargeException");
    }

    [Fact]
    public async Task A_large_zip_of_unknown_length_is_kept_byte_for_byte()
    {
        var zip = Zip.Of(("bootstrap", "#!/bin/sh\n"), ("data", Convert.ToBase64String(RandomNumberGenerator.GetBytes(6_000_000))));

        var made = await Server.SendAsync(HttpMethod.Post, "/2015-03-31/functions", Body("chunked", $"\"{Convert.ToBase64String(zip)}\""), header: ("Transfer-Encoding", "chunked"));

        made.ExpectOk();
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(zip)), made.Json.GetProperty("CodeSha256").GetString());
        var kept = await Server.Client.GetByteArrayAsync(new Uri((await Server.SendAsync(HttpMethod.Get, "/2015-03-31/functions/chunked")).Json.GetProperty("Code").GetProperty("Location").GetString()!));
        Assert.Equal(zip, kept);
    }

    private static byte[] Body(string name, string zipFile) => Encoding.UTF8.GetBytes(
        $"{{\"Role\":\"{DispatcherServer.Role}\",\"Runtime\":\"provided.al2023\",\"Code\":{{\"ZipFile\":{zipFile}}},\"Handler\":\"h\",\"FunctionName\":\"{name}\"}}");
}
