using System.Text;
using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>Bad input gets a clear error where the user looks, and nothing else suffers.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class BadInputTests(SharedStack shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_zip_that_is_no_zip_is_refused_when_it_is_deployed()
    {
        // Not by awscli: it looks into the file itself.
        var refused = await _stack.BotoAsync("""
            try:
                client.create_function(FunctionName='nozip', Runtime='nodejs20.x', Handler='index.handler', Role='arn:aws:iam::000000000000:role/any',
                                       Code={'ZipFile': b'not a zip'})
            except client.exceptions.InvalidParameterValueException as e:
                print(e)
            """);
        Assert.Contains("Could not unzip uploaded file", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_under_a_key_that_XML_cannot_name_is_not_found_like_any_other()
    {
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("odd-packages");
        using var answer = await _stack.Lambda.SendAsync(
            HttpMethod.Put, "/2015-03-31/functions/thumbnail/code", new JsonObject { ["S3Bucket"] = "odd-packages", ["S3Key"] = "a\u0001" });
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("S3 Error Code: NoSuchKey", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-handler-node", "nodejs20.x", "index.missing", "index.mjs", "export const other = 1;", "Runtime.HandlerNotFound", "index.missing is undefined or not exported")]
    [InlineData("no-module-python", "python3.11", "absent.handler", "app.py", "x = 1", "Runtime.ImportModuleError", "Unable to import module 'absent'")]
    [InlineData("no-handler-python", "python3.11", "app.missing", "app.py", "x = 1", "Runtime.HandlerNotFound", "Handler 'missing' missing on module 'app'")]
    public async Task A_handler_that_does_not_exist_is_named_in_the_answer_and_the_log_has_its_REPORT(
        string name, string runtime, string handler, string file, string content, string type, string says)
    {
        await _stack.Lambda.CreateAsync(name, runtime, handler, Zip.Of(file, content));
        var answer = await _stack.Lambda.InvokeAsync(name);
        Assert.Equal("Unhandled", answer.Error);
        Assert.Contains($"\"{type}\"", answer.Payload, StringComparison.Ordinal);
        Assert.Contains(says, answer.Payload, StringComparison.Ordinal);
        Assert.Matches("REPORT RequestId.*Status: error.*Error Type: " + type.Replace(".", "\\.", StringComparison.Ordinal), answer.LogTail);
    }

    [Fact]
    public async Task A_bootstrap_without_execute_bit_or_for_another_processor_is_refused_with_what_to_do()
    {
        var native = await File.ReadAllBytesAsync(Repository.Artifact("functions/echo/bootstrap"));
        await _stack.Lambda.CreateAsync("not-executable", "provided.al2023", "bootstrap", Zip.Of("bootstrap", native, Zip.Plain));
        native[18] = 0xB7; // e_machine of the ELF header: AArch64
        await _stack.Lambda.CreateAsync("other-processor", "provided.al2023", "bootstrap", Zip.Of("bootstrap", native, Zip.Executable));

        var notExecutable = await _stack.Lambda.InvokeAsync("not-executable");
        var otherProcessor = await _stack.Lambda.InvokeAsync("other-processor");

        Assert.Equal(("Unhandled", "Unhandled"), (notExecutable.Error, otherProcessor.Error));
        Assert.Contains("Runtime.InvalidEntrypoint", notExecutable.Payload, StringComparison.Ordinal);
        Assert.Contains("chmod 755 bootstrap", notExecutable.Payload, StringComparison.Ordinal);
        Assert.Contains("built for another processor (arm64); this machine is x86_64", otherProcessor.Payload, StringComparison.Ordinal);
        Assert.All([notExecutable, otherProcessor], static answer => Assert.Contains("REPORT RequestId", answer.LogTail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bad_pictures_are_dead_lettered_after_two_retries_with_the_reason_and_good_ones_beside_them_pass()
    {
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("bad-pictures");
        await _stack.AddRuleAsync("bad-pictures", "thumbnail", "--prefix", "in/");
        var bad = new (string Key, byte[] Body, string Says)[]
        {
            ("in/cut short.jpg", await Picture.TruncatedAsync(), "bad-pictures/in/cut short.jpg: the Jpeg picture is cut short or damaged"),
            ("in/empty.jpg", [], "bad-pictures/in/empty.jpg: the object is empty (0 bytes)"),
            ("in/bomb.png", Picture.Bomb(100_000, 100_000), "the Png picture has 100000 x 100000 = 10000000000 pixels, MAX_PIXELS allows 268402689"),
            ("in/text.jpg", Encoding.UTF8.GetBytes("I am not a picture"), "not a picture that this function reads"),
        };
        foreach (var (key, body, _) in bad)
        {
            await s3.PutObjectAsync(new() { BucketName = "bad-pictures", Key = key, InputStream = new MemoryStream(body) });
        }

        await s3.PutObjectAsync(new() { BucketName = "bad-pictures", Key = "in/good.jpg", InputStream = new MemoryStream(await Picture.JpegAsync()) });

        Assert.Equal("succeeded", (string)(await _stack.SettledAsync("bad-pictures", "in/good.jpg"))["state"]!);
        foreach (var (key, _, says) in bad)
        {
            var row = await _stack.SettledAsync("bad-pictures", key);
            Assert.Equal(("dead", 3), ((string)row["state"]!, (int)row["attempts"]!));
            Assert.StartsWith("The function failed 3 times", (string)row["reason"]!, StringComparison.Ordinal);
            Assert.Contains(says, (string)row["error"]!["errorMessage"]!, StringComparison.Ordinal);
            Assert.Contains("REPORT RequestId", (string)row["logTail"]!, StringComparison.Ordinal);
        }

        var shown = (await _stack.GlueAsync("invocations", "--bucket", "bad-pictures", "--state", "dead")).Expect(); // when all of them are
        Assert.All(bad, each => Assert.Contains(each.Key["in/".Length..].Split(' ')[0], shown, StringComparison.Ordinal));
        Assert.Contains("0 bytes", shown, StringComparison.Ordinal);
    }
}
