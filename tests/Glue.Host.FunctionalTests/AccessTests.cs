using System.Net;
using Amazon.S3;

namespace Glue.Host.FunctionalTests;

/// <summary>Nobody gets in without the installation's keys.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class AccessTests(SharedStack shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task An_unknown_key_a_wrong_secret_and_no_signature_at_all_are_refused_on_both_ports()
    {
        using var http = new HttpClient();
        var stranger = await Cli.AwsAsync(_stack.Process.S3, "STRANGERSTRANGER", "anything-at-all", "s3", "ls");
        var wrongSecret = await Cli.AwsAsync(_stack.Process.S3, _stack.Process.AccessKey, "wrong-secret", "s3", "ls");
        var strangerToLambda = await Cli.AwsAsync(_stack.Process.Api, "STRANGERSTRANGER", "anything-at-all", "lambda", "list-functions");
        Assert.Contains("InvalidAccessKeyId", stranger.Error, StringComparison.Ordinal);
        Assert.Contains("SignatureDoesNotMatch", wrongSecret.Error, StringComparison.Ordinal);
        Assert.Contains("UnrecognizedClientException", strangerToLambda.Error, StringComparison.Ordinal);
        Assert.All([stranger, wrongSecret, strangerToLambda], static result => Assert.NotEqual(0, result.ExitCode));
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(_stack.Process.S3)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(_stack.Process.Api + "/2015-03-31/functions")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(_stack.Process.Api + "/glue/v1/invocations")).StatusCode);
    }

    [Fact]
    public async Task The_ready_line_says_how_to_use_it_and_the_credentials_file_is_the_owners_alone()
    {
        var ready = Assert.Single(_stack.Process.Log.Split('\n'), static line => line.StartsWith("ready ", StringComparison.Ordinal));
        var file = Path.Combine(_stack.Process.DataFolder, "credentials");
        Assert.Equal(
            $"ready  s3 {_stack.Process.S3}  lambda {_stack.Process.Api}  driver process  use: AWS_SHARED_CREDENTIALS_FILE={file} "
            + $"AWS_DEFAULT_REGION=us-east-1 aws --endpoint-url {_stack.Process.S3} s3 ls",
            ready);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_stack.Process.DataFolder));
        (await Cli.RunAsync("/usr/bin/aws", ["--endpoint-url", _stack.Process.S3, "s3", "ls"], new Dictionary<string, string>
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = file, ["AWS_DEFAULT_REGION"] = "us-east-1", ["AWS_CONFIG_FILE"] = "/dev/null",
        })).Expect();
    }
}
