using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;

namespace Glue.Host.FunctionalTests;

/// <summary>A disk that is full, and has room again.</summary>
public sealed class FullDiskTests
{
    private const int DiskMiB = 64;

    [Fact]
    public async Task What_was_accepted_stays_what_is_not_gets_a_clear_error_and_with_room_again_all_goes_on()
    {
        if (Environment.UserName != "root")
        {
            Console.WriteLine("SKIPPED: mounting a small file system needs root");
            return;
        }

        using var folder = new TempFolder();
        await using var disk = await SmallDisk.MountAsync(folder["data"], DiskMiB);
        await using var stack = await Stack.StartAsync(folder["data"]);
        using var s3 = stack.Sdk();
        await stack.BotoAsync("""
            s3.create_bucket(Bucket='disk')
            arn = client.get_function_configuration(FunctionName='thumbnail')['FunctionArn']
            client.add_permission(FunctionName='thumbnail', StatementId='s3', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com', SourceArn='arn:aws:s3:::disk')
            s3.put_bucket_notification_configuration(Bucket='disk', NotificationConfiguration={'LambdaFunctionConfigurations': [{
                'LambdaFunctionArn': arn, 'Events': ['s3:ObjectCreated:*'], 'Filter': {'Key': {'FilterRules': [{'Name': 'prefix', 'Value': 'in/'}]}}}]})
            """);
        await stack.Lambda.CreateAsync("patient", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
            const store = `${process.env.AWS_ENDPOINT_URL_S3}/disk`;
            export const handler = async () => {
              await fetch(`${store}/started`, { method: 'PUT', body: 'x' });
              await new Promise(done => setTimeout(done, 1500));
              const put = await fetch(`${store}/patience`, { method: 'PUT', body: 'x'.repeat(2000000) });
              if (!put.ok) throw new Error(`${put.status} ${await put.text()}`);
            };
            """));
        var picture = await Picture.JpegAsync();
        await PutAsync(s3, "in/before.jpg", picture);
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("disk", "in/before.jpg"))["state"]!);

        // One invocation runs while the disk fills, and neither its put nor its settlement finds room.
        await stack.Lambda.InvokeLaterAsync("patient");
        await stack.UntilAsync(async () => (await s3.ListObjectsV2Async(new() { BucketName = "disk", Prefix = "started" })).KeyCount == 1);
        var ballast = folder["data"] + "/ballast";
        disk.Fill(ballast);
        var refused = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => PutAsync(s3, "in/refused.jpg", picture));
        var refusedInvoke = await Cli.AwsAsync(
            stack.Process.Api, stack.Process.AccessKey, stack.Process.SecretKey, "lambda", "invoke", "--function-name", "patient", "--invocation-type", "Event", "/dev/null");
        await stack.UntilAsync(() => Task.FromResult(stack.Process.Log.Contains("DispatchLoop[2009]", StringComparison.Ordinal)));
        using (var before = await s3.GetObjectAsync("disk", "in/before.jpg"))
        {
            Assert.Equal(picture.Length, before.ContentLength);
        }

        File.Delete(ballast);
        await PutAsync(s3, "in/after.jpg", picture);

        Assert.Equal("succeeded", (string)(await stack.SettledAsync("disk", "in/after.jpg"))["state"]!);
        JsonNode patient = null!;
        await stack.UntilAsync(async () => (string)(patient = (await stack.Lambda.InvocationsAsync("function=patient"))[^1]!)["state"]! is "succeeded" or "dead");
        Assert.True((string)patient["state"]! == "succeeded" && (int)patient["attempts"]! >= 2, patient.ToJsonString());
        Assert.Equal(("InsufficientStorage", 507), (refused.ErrorCode, (int)refused.StatusCode));
        Assert.NotEqual(0, refusedInvoke.ExitCode);
        Assert.Contains("disk", refusedInvoke.Error, StringComparison.Ordinal);
        var keys = (await s3.ListObjectsV2Async(new() { BucketName = "disk" })).S3Objects.Select(static found => found.Key);
        Assert.Equal(["in/after.jpg", "in/before.jpg", "patience", "started", "thumbnails/in/after.jpg", "thumbnails/in/before.jpg"], keys);
    }

    private static Task<PutObjectResponse> PutAsync(AmazonS3Client s3, string key, byte[] body) =>
        s3.PutObjectAsync(new() { BucketName = "disk", Key = key, InputStream = new MemoryStream(body) });
}
