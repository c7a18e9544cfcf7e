namespace Glue.Host.FunctionalTests;

[Collection(SharedStackCollection.Name)]
public sealed class StoreVerbTests(SharedStack shared)
{
    private readonly GlueProcess _glue = shared.Stack.Process;

    [Fact]
    public async Task A_verification_counts_everything_and_a_damaged_object_makes_it_fail()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["large"], new byte[200_000]);
        await AwsAsync("s3", "mb", "s3://store-verb");
        await AwsAsync("s3", "cp", folder["large"], "s3://store-verb/fine");

        var good = await GlueCli.RunAsync("store", "verify", "--rate", "0", "--data", _glue.DataFolder);

        Assert.Equal(0, good.ExitCode);
        Assert.Contains(" 0 damaged", good.Output, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(folder["large"], new byte[234_567]);
        await AwsAsync("s3", "cp", folder["large"], "s3://store-verb/rotting");
        var blob = Directory.EnumerateFiles(Path.Combine(_glue.DataFolder, "objects"), "*", SearchOption.AllDirectories)
            .Single(static path => new FileInfo(path).Length is > 234_567 and < 234_700);
        await using (var file = File.OpenWrite(blob))
        {
            file.Position = 100_000;
            file.WriteByte(1);
        }

        var bad = await GlueCli.RunAsync("store", "verify", "--data", _glue.DataFolder);

        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("damaged store-verb/rotting: the 64 KiB from byte 65536 do not have their checksum", bad.Output, StringComparison.Ordinal);
        Assert.Contains(" 1 damaged", bad.Output, StringComparison.Ordinal);
        await AwsAsync("s3", "rm", "s3://store-verb/rotting");
        Assert.Equal(0, (await GlueCli.RunAsync("store", "verify", "--data", _glue.DataFolder)).ExitCode);
    }

    [Fact]
    public async Task A_quota_is_set_shown_enforced_and_lifted()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["file"], new byte[3000]);
        await AwsAsync("s3", "mb", "s3://quota-verb");

        Assert.Equal("quota-verb: 0 bytes used, quota 2048\n", (await GlueCli.RunAsync("store", "quota", "quota-verb", "--max", "2KiB", "--data", _glue.DataFolder)).Output);
        var refused = await Cli.AwsAsync(_glue.S3, _glue.AccessKey, _glue.SecretKey, ["s3", "cp", folder["file"], "s3://quota-verb/k"]);
        Assert.Contains("QuotaExceeded", refused.Error, StringComparison.Ordinal);
        Assert.Equal("quota-verb: 0 bytes used, quota none\n", (await GlueCli.RunAsync("store", "quota", "quota-verb", "--max", "none", "--data", _glue.DataFolder)).Output);
        await AwsAsync("s3", "cp", folder["file"], "s3://quota-verb/k");

        var absent = await GlueCli.RunAsync("store", "quota", "no-such-bucket", "--data", _glue.DataFolder);
        Assert.Equal((2, "glue: NoSuchBucket: The specified bucket does not exist.\n"), (absent.ExitCode, absent.Error));
        Assert.Equal(2, (await GlueCli.RunAsync("store", "quota", "quota-verb", "--max", "much", "--data", _glue.DataFolder)).ExitCode);
    }

    private async Task AwsAsync(params string[] arguments) => (await Cli.AwsAsync(_glue.S3, _glue.AccessKey, _glue.SecretKey, arguments)).Expect();
}
