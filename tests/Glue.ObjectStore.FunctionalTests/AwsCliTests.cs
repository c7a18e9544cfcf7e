using System.Security.Cryptography;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>What people type: <c>aws s3</c> and <c>aws s3api</c>.</summary>
public sealed class AwsCliTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task A_day_with_aws_s3()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["a.txt"], "hello");
        Directory.CreateDirectory(folder["tree/sub dir"]);
        await File.WriteAllTextAsync(folder["tree/sub dir/b+ü.txt"], "umlaut");
        await File.WriteAllTextAsync(folder["tree/c.txt"], "c");
        var bucket = "s3://" + store.NewBucketName();

        (await store.AwsAsync("s3", "mb", bucket)).Expect();
        (await store.AwsAsync("s3", "cp", folder["a.txt"], bucket + "/in/a.txt")).Expect();
        (await store.AwsAsync("s3", "sync", folder["tree"], bucket + "/tree")).Expect();
        Assert.Contains("PRE in/", (await store.AwsAsync("s3", "ls", bucket)).Expect(), StringComparison.Ordinal);
        Assert.Contains("b+ü.txt", (await store.AwsAsync("s3", "ls", "--recursive", bucket)).Expect(), StringComparison.Ordinal);
        (await store.AwsAsync("s3", "mv", bucket + "/in/a.txt", bucket + "/out/a b.txt")).Expect();
        (await store.AwsAsync("s3", "sync", bucket, folder["back"])).Expect();
        Assert.Equal("hello", await File.ReadAllTextAsync(folder["back/out/a b.txt"]));
        Assert.Equal("umlaut", await File.ReadAllTextAsync(folder["back/tree/sub dir/b+ü.txt"]));
        Assert.False(File.Exists(folder["back/in/a.txt"]));
        (await store.AwsAsync("s3", "rb", "--force", bucket)).Expect();
        Assert.DoesNotContain(bucket[5..], (await store.AwsAsync("s3", "ls")).Expect(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_goes_up_in_parts_and_comes_back_whole()
    {
        using var folder = new TempFolder();
        var bytes = RandomNumberGenerator.GetBytes((20 << 20) + 12345);
        await File.WriteAllBytesAsync(folder["large.bin"], bytes);
        var bucket = await store.BucketAsync();

        (await store.AwsAsync("s3", "cp", "--only-show-errors", folder["large.bin"], $"s3://{bucket}/large.bin")).Expect();
        var head = (await store.AwsAsync("s3api", "head-object", "--bucket", bucket, "--key", "large.bin", "--query", "ETag", "--output", "text")).Expect();
        (await store.AwsAsync("s3", "cp", "--only-show-errors", $"s3://{bucket}/large.bin", folder["back.bin"])).Expect();

        Assert.EndsWith("-3\"", head.Trim(), StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder["back.bin"]));
    }

    [Fact]
    public async Task A_presigned_url_gives_the_object_to_whoever_holds_it()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "a b+ü.txt", ContentBody = "shared" });
        var url = (await store.AwsAsync("s3", "presign", $"s3://{bucket}/a b+ü.txt", "--expires-in", "60")).Expect().Trim();
        using var http = new HttpClient();

        Assert.Equal("shared", await http.GetStringAsync(new Uri(url)));

        var tampered = await http.GetAsync(new Uri(url.Replace("X-Amz-Expires=60", "X-Amz-Expires=6000", StringComparison.Ordinal)));
        Assert.Equal(403, (int)tampered.StatusCode);
        Assert.Contains("SignatureDoesNotMatch", await tampered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notification_configuration_is_kept_as_it_was_put()
    {
        var bucket = await store.BucketAsync();
        const string Configuration =
            """
            {"LambdaFunctionConfigurations":[{"Id":"thumbs","LambdaFunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:thumbnail",
             "Events":["s3:ObjectCreated:*"],"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"in/"},{"Name":"suffix","Value":".jpg"}]}}}]}
            """;

        (await store.AwsAsync("s3api", "put-bucket-notification-configuration", "--bucket", bucket, "--notification-configuration", Configuration)).Expect();
        var shown = (await store.AwsAsync("s3api", "get-bucket-notification-configuration", "--bucket", bucket)).Expect();

        var rule = Assert.Single(store.Server.Notifications.Kept[bucket].Rules);
        Assert.Equal(("thumbs", "in/", ".jpg", false), (rule.Id, rule.Prefix, rule.Suffix, rule.AllowsRecursion));
        Assert.Equal(["s3:ObjectCreated:*"], rule.Events);
        Assert.Contains("function:thumbnail", shown, StringComparison.Ordinal);
        Assert.Contains("\"Value\": \".jpg\"", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"QueueConfigurations\":[{\"QueueArn\":\"arn:aws:sqs:us-east-1:1:q\",\"Events\":[\"s3:ObjectCreated:*\"]}]}", "notifies functions only")]
    [InlineData("{\"LambdaFunctionConfigurations\":[{\"LambdaFunctionArn\":\"arn:aws:lambda:us-east-1:000000000000:function:unknown\",\"Events\":[\"s3:ObjectCreated:*\"]}]}", "does not exist: unknown")]
    public async Task A_notification_configuration_that_cannot_be_kept_is_refused_with_the_reason(string configuration, string reason)
    {
        var bucket = await store.BucketAsync();

        var refused = await store.AwsAsync("s3api", "put-bucket-notification-configuration", "--bucket", bucket, "--notification-configuration", configuration);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("InvalidArgument", refused.Error, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
    }
}
