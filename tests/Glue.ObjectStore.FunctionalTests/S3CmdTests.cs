using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

public sealed class S3CmdTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task A_day_with_s3cmd()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["empty.cfg"], "");
        await File.WriteAllTextAsync(folder["a b.txt"], "hello");
        await File.WriteAllBytesAsync(folder["large"], new byte[(6 << 20) + 1]);
        var bucket = "s3://" + store.NewBucketName();

        await S3CmdAsync("mb", bucket);
        await S3CmdAsync("put", folder["a b.txt"], bucket + "/dir/ü +.txt");
        await S3CmdAsync("put", "--multipart-chunk-size-mb=5", folder["large"], bucket + "/large");
        Assert.Contains("dir/ü +.txt", await S3CmdAsync("ls", "-r", bucket), StringComparison.Ordinal);
        Assert.Contains("DIR", await S3CmdAsync("ls", bucket), StringComparison.Ordinal);
        Assert.Contains("File size: 5", await S3CmdAsync("info", bucket + "/dir/ü +.txt"), StringComparison.Ordinal);
        Assert.Contains("Location", await S3CmdAsync("info", bucket), StringComparison.Ordinal);
        await S3CmdAsync("cp", bucket + "/dir/ü +.txt", bucket + "/copy");
        await S3CmdAsync("get", bucket + "/copy", folder["back"]);
        await S3CmdAsync("get", bucket + "/large", folder["large.back"]);
        await S3CmdAsync("rb", "--recursive", "--force", bucket);

        Assert.Equal("hello", await File.ReadAllTextAsync(folder["back"]));
        Assert.Equal((6 << 20) + 1, new FileInfo(folder["large.back"]).Length);

        async Task<string> S3CmdAsync(params string[] arguments)
        {
            var host = new Uri(store.Server.Endpoint).Authority;
            string[] common =
            [
                "--config", folder["empty.cfg"], "--no-ssl", "--host", host, "--host-bucket", host, "--no-progress",
                "--access_key", TestKeys.Owner.AccessKeyId, "--secret_key", TestKeys.Owner.SecretAccessKey,
            ];
            return (await Cli.RunAsync("/usr/bin/s3cmd", [.. common, .. arguments], new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" })).Expect();
        }
    }
}
