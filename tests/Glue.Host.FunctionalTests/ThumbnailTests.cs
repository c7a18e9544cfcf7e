namespace Glue.Host.FunctionalTests;

/// <summary>The README's first story: a picture put into a bucket comes back as a thumbnail, whatever put it.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class ThumbnailTests(SharedStack shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_picture_put_by_awscli_comes_back_as_a_thumbnail_until_its_rule_is_removed()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["cat.jpg"], await Picture.JpegAsync());
        (await _stack.AwsS3Async("s3", "mb", "s3://photos")).Expect();
        var added = (await _stack.GlueAsync("rule", "add", "photos", "thumbnail", "--prefix", "in/")).Expect();
        (await _stack.AwsS3Async("s3", "cp", folder["cat.jpg"], "s3://photos/in/cat.jpg")).Expect();
        var row = await _stack.SettledAsync("photos", "in/cat.jpg");
        (await _stack.AwsS3Async("s3", "cp", "s3://photos/thumbnails/in/cat.jpg", folder["thumbnail.jpg"])).Expect();

        Assert.Contains("photos/in/* now triggers thumbnail on s3:ObjectCreated:* (rule thumbnail)", added, StringComparison.Ordinal);
        Assert.Equal(("succeeded", 1, "thumbnail"), ((string)row["state"]!, (int)row["attempts"]!, (string)row["function"]!));
        Assert.Equal((256, 192, "JPEG"), await Picture.LookAsync(folder["thumbnail.jpg"]));

        var listed = (await _stack.GlueAsync("rule", "list", "photos")).Expect();
        Assert.Contains("arn:aws:lambda:us-east-1:000000000000:function:thumbnail", listed, StringComparison.Ordinal);
        Assert.Matches(@"succeeded.*1", (await _stack.GlueAsync("invocations", "--bucket", "photos")).Expect());

        var unknown = await _stack.GlueAsync("rule", "remove", "photos", "nothing");
        Assert.Equal((2, "glue: Bucket photos has no rule 'nothing'. It has: thumbnail\n"), (unknown.ExitCode, unknown.Error));
        (await _stack.GlueAsync("rule", "remove", "photos", "thumbnail")).Expect();
        using var s3 = _stack.Sdk();
        await s3.PutObjectAsync(new() { BucketName = "photos", Key = "in/late.jpg", ContentBody = "nobody looks" });
        Assert.DoesNotContain("function:thumbnail", (await _stack.GlueAsync("rule", "list", "photos")).Expect(), StringComparison.Ordinal);
        Assert.Single(await _stack.SettledAsync("photos", key: null, count: 1));
    }

    [Fact]
    public async Task Boto3_s3cmd_and_AWSSDK_trigger_it_as_well()
    {
        using var folder = new TempFolder();
        using var s3 = _stack.Sdk();
        await File.WriteAllBytesAsync(folder["a.jpg"], await Picture.JpegAsync());
        await s3.PutBucketAsync("clients");
        await _stack.AddRuleAsync("clients", "thumbnail", "--prefix", "in/", "--suffix", ".jpg");

        await s3.PutObjectAsync(new() { BucketName = "clients", Key = "in/sdk.jpg", FilePath = folder["a.jpg"] });
        await _stack.BotoAsync($"s3.upload_file('{folder["a.jpg"]}', 'clients', 'in/boto.jpg')");
        var host = new Uri(_stack.Process.S3).Authority;
        await File.WriteAllTextAsync(folder["s3cfg"], "");
        (await Cli.RunAsync("/usr/bin/s3cmd",
        [
            "--config", folder["s3cfg"], "--no-ssl", "--host", host, "--host-bucket", host, "--no-progress", "--access_key", _stack.Process.AccessKey,
            "--secret_key", _stack.Process.SecretKey, "put", folder["a.jpg"], "s3://clients/in/s3cmd.jpg",
        ])).Expect();

        var rows = await _stack.SettledAsync("clients", key: null, count: 3);
        Assert.All(rows, static row => Assert.Equal("succeeded", (string)row!["state"]!));
        var listed = await s3.ListObjectsV2Async(new() { BucketName = "clients", Prefix = "thumbnails/" });
        Assert.Equal(
            ["thumbnails/in/boto.jpg", "thumbnails/in/s3cmd.jpg", "thumbnails/in/sdk.jpg"], listed.S3Objects.Select(static found => found.Key));
    }
}
