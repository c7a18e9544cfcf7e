using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

public sealed class RcloneTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task Rclone_syncs_a_tree_there_and_back_and_checks_it()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["tree/sub dir"]);
        await File.WriteAllTextAsync(folder["tree/a+b ü.txt"], "one");
        await File.WriteAllTextAsync(folder["tree/sub dir/c.txt"], "two");
        await File.WriteAllBytesAsync(folder["tree/large"], new byte[12 << 20]);
        var bucket = store.NewBucketName();

        await RcloneAsync("mkdir", $"glue:{bucket}");
        await RcloneAsync("sync", "--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M", folder["tree"], $"glue:{bucket}/tree");
        await RcloneAsync("check", folder["tree"], $"glue:{bucket}/tree");
        await RcloneAsync("moveto", $"glue:{bucket}/tree/a+b ü.txt", $"glue:{bucket}/tree/moved");
        await RcloneAsync("sync", $"glue:{bucket}/tree", folder["back"]);
        await RcloneAsync("purge", $"glue:{bucket}");

        Assert.Equal("one", await File.ReadAllTextAsync(folder["back/moved"]));
        Assert.Equal("two", await File.ReadAllTextAsync(folder["back/sub dir/c.txt"]));
        Assert.Equal(12 << 20, new FileInfo(folder["back/large"]).Length);

        async Task RcloneAsync(params string[] arguments) => (await Cli.RunAsync("/usr/bin/rclone", ["--retries", "1", .. arguments], new Dictionary<string, string>
        {
            ["RCLONE_CONFIG"] = folder["none.conf"],
            ["AWS_CA_BUNDLE"] = "", // a machine's own bundle confuses rclone, and there is no TLS here
            ["RCLONE_CONFIG_GLUE_TYPE"] = "s3",
            ["RCLONE_CONFIG_GLUE_PROVIDER"] = "Other",
            ["RCLONE_CONFIG_GLUE_ENDPOINT"] = store.Server.Endpoint,
            ["RCLONE_CONFIG_GLUE_ACCESS_KEY_ID"] = TestKeys.Owner.AccessKeyId,
            ["RCLONE_CONFIG_GLUE_SECRET_ACCESS_KEY"] = TestKeys.Owner.SecretAccessKey,
        })).Expect();
    }
}
