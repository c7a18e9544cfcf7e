using System.Security.Cryptography;
using System.Text.Json;

namespace Glue.Functions.FunctionalTests;

/// <summary>The published decompress function against a store: what becomes visible, when, and what it costs.</summary>
public sealed class DecompressTests
{
    [Fact]
    public async Task The_members_become_objects_and_the_manifest_comes_last()
    {
        await using var function = await FunctionProcess.StartAsync("decompress");
        function.Objects["/in/a b.zip"] = new(await ArchiveAsync("zip -q -r out .", large: true));
        var answer = (await function.InvokeForAsync("in", "a b.zip")).Expect(succeeded: true).Json.GetProperty("archives")[0];
        Assert.Equal("unpacked/a b.zip.manifest.json", answer.GetProperty("manifest").GetString());
        Assert.Equal("hello\n"u8.ToArray(), function.Objects["/in/unpacked/a b.zip/d/hello.txt"].Bytes);
        Assert.Equal("text/plain", function.Objects["/in/unpacked/a b.zip/d/hello.txt"].ContentType);
        Assert.Equal(40_000_000, function.Objects["/in/unpacked/a b.zip/large"].Bytes.Length);
        Assert.Equal("/in/unpacked/a b.zip.manifest.json", function.Store.Written.Last());
        Assert.Empty(function.Store.Unfinished);

        var manifest = JsonDocument.Parse(function.Objects["/in/unpacked/a b.zip.manifest.json"].Bytes).RootElement;
        foreach (var member in manifest.GetProperty("members").EnumerateArray())
        {
            var bytes = function.Objects["/in/" + member.GetProperty("key").GetString()].Bytes;
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), member.GetProperty("sha256").GetString());
            Assert.Equal(bytes.Length, member.GetProperty("bytes").GetInt64());
        }
    }

    [Fact]
    public async Task A_second_run_makes_the_same_names_and_bytes()
    {
        await using var function = await FunctionProcess.StartAsync("decompress", ("OUTPUT_BUCKET", "out"), ("OUTPUT_PREFIX", ""));
        function.Objects["/in/a.tar.zst"] = new(await ArchiveAsync("tar -cf - * | zstd -q > out"));
        (await function.InvokeForAsync("in", "a.tar.zst")).Expect(succeeded: true);
        var first = Digests(function);
        (await function.InvokeForAsync("in", "a.tar.zst")).Expect(succeeded: true);
        Assert.Equal(first, Digests(function));
        Assert.Contains("/out/a.tar.zst/d/hello.txt", first.Keys);
    }

    [Fact]
    public async Task A_damaged_archive_leaves_nothing_visible_and_no_upload_behind()
    {
        await using var function = await FunctionProcess.StartAsync("decompress");
        var whole = await ArchiveAsync("tar -cf - * | gzip > out", large: true);
        function.Objects["/in/a.tar.gz"] = new(whole[..(whole.Length - 100)]);
        var failed = (await function.InvokeForAsync("in", "a.tar.gz")).Expect(succeeded: false);
        Assert.Equal("DamagedArchiveException", failed.ErrorType);
        Assert.StartsWith("in/a.tar.gz: the archive is cut short or damaged: ", failed.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(["/in/a.tar.gz"], function.Objects.Keys);
        Assert.Empty(function.Store.Unfinished);
    }

    [Fact]
    public async Task Members_that_the_time_does_not_suffice_to_publish_are_not_published_in_part()
    {
        await using var function = await FunctionProcess.StartAsync("decompress", ("MAX_MEMBERS", "100000"));
        function.Timeout = TimeSpan.FromSeconds(4); // publishing so many would take longer, wherever in it the function then stands
        function.Objects["/in/many.zip"] = new(await ArchiveAsync("mkdir many; seq 12000 | split -l 1 -a 4 - many/; zip -q -r out many"));
        var failed = (await function.InvokeForAsync("in", "many.zip")).Expect(succeeded: false);
        Assert.Contains("time", failed.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(["/in/many.zip"], function.Objects.Keys);
        Assert.Empty(function.Store.Unfinished);
    }

    [Fact]
    public async Task A_store_that_refuses_a_part_fails_the_run_and_everything_is_given_up()
    {
        await using var function = await FunctionProcess.StartAsync("decompress");
        function.Objects["/in/a.zip"] = new(await ArchiveAsync("zip -q -r out .", large: true));
        function.StoreInstead = async context =>
        {
            if (context.Request.Query["partNumber"] != "3")
            {
                return false;
            }

            context.Response.StatusCode = 503;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "<Error><Code>SlowDown</Code><Message>later</Message></Error>");
            return true;
        };
        var failed = (await function.InvokeForAsync("in", "a.zip")).Expect(succeeded: false);
        Assert.Equal(("StorageException", "PUT in/unpacked/a.zip/large: SlowDown (503): later"), (failed.ErrorType, failed.ErrorMessage));
        Assert.Equal(["/in/a.zip"], function.Objects.Keys);
        Assert.Empty(function.Store.Unfinished);
        function.StoreInstead = null;
        (await function.InvokeForAsync("in", "a.zip")).Expect(succeeded: true);
    }

    [Fact]
    public async Task What_a_killed_run_left_is_given_up_by_the_next_one()
    {
        await using var function = await FunctionProcess.StartAsync("decompress");
        function.Objects["/in/a.zip"] = new(await ArchiveAsync("zip -q -r out ."));
        function.Store.BeginOld("/in/unpacked/a.zip/large", TimeSpan.FromHours(1));
        function.Store.BeginOld("/in/unpacked/a.zip/of a run under way", TimeSpan.FromMinutes(5));
        function.Store.BeginOld("/in/unpacked/other.zip/large", TimeSpan.FromHours(1));
        (await function.InvokeForAsync("in", "a.zip")).Expect(succeeded: true);
        Assert.Equal(["/in/unpacked/a.zip/of a run under way", "/in/unpacked/other.zip/large"], function.Store.Unfinished.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_a_large_zip_only_what_is_wanted_is_read()
    {
        await using var function = await FunctionProcess.StartAsync("decompress", ("INCLUDE", "*.txt"));
        function.Objects["/in/a.zip"] = new(await ArchiveAsync("zip -q -0 out large d/hello.txt", large: true));
        var answer = (await function.InvokeForAsync("in", "a.zip")).Expect(succeeded: true).Json.GetProperty("archives")[0];
        Assert.Equal(1, answer.GetProperty("members").GetInt32());
        Assert.Equal("hello\n"u8.ToArray(), function.Objects["/in/unpacked/a.zip/d/hello.txt"].Bytes);
        Assert.InRange(function.Store.BytesSent, 1, 1_000_000); // of 40 MB
    }

    [Fact]
    public async Task Memory_stays_flat_however_large_the_archive_is()
    {
        await using var function = await FunctionProcess.StartAsync("decompress");
        using var folder = new TempFolder();
        // Rows of numbers: 300 MB unpacked, eight times less packed.
        (await Cli.RunAsync("/bin/bash", ["-euc", "seq 10000000 10500000 > r; for i in $(seq 60); do cat r; done | gzip -1 > out.gz"], folder: folder.Path)).Expect();
        function.Objects["/in/rows.gz"] = new(await File.ReadAllBytesAsync(folder["out.gz"]));
        (await function.InvokeForAsync("in", "rows.gz")).Expect(succeeded: true);
        Assert.Equal(60 * 9 * 500_001, function.Objects["/in/unpacked/rows.gz/rows"].Bytes.Length);
        Assert.InRange(function.PeakMemoryBytes, 0, 64 * 1024 * 1024);
    }

    [Fact]
    public async Task An_archive_of_three_gigabytes_takes_no_more_memory()
    {
        const long bytes = 3_000_000_000;
        await using var function = await FunctionProcess.StartAsync("decompress");
        var huge = new HugeArchive("/in/huge.tar", bytes);
        function.StoreInstead = huge.AnswerAsync;
        (await function.InvokeForAsync("in", "huge.tar")).Expect(succeeded: true);
        Assert.Equal((bytes, true), (huge.Received, huge.IsCompleted));
        var manifest = JsonDocument.Parse(function.Objects["/in/unpacked/huge.tar.manifest.json"].Bytes).RootElement;
        Assert.Equal(bytes, manifest.GetProperty("members")[0].GetProperty("bytes").GetInt64());
        Assert.InRange(function.PeakMemoryBytes, 0, 64 * 1024 * 1024);
    }

    [Fact]
    public async Task An_object_that_is_no_archive_and_an_empty_one_say_so()
    {
        await using var function = await FunctionProcess.StartAsync("decompress");
        function.Objects["/in/a"] = new("just words"u8.ToArray());
        function.Objects["/in/b"] = new([]);
        Assert.Equal("NotAnArchiveException", (await function.InvokeForAsync("in", "a")).Expect(succeeded: false).ErrorType);
        Assert.Equal("in/b: the object is empty (0 bytes)", (await function.InvokeForAsync("in", "b")).Expect(succeeded: false).ErrorMessage);
    }

    private static Dictionary<string, string> Digests(FunctionProcess function) =>
        function.Objects.ToDictionary(static stored => stored.Key, static stored => Convert.ToHexString(SHA256.HashData(stored.Value.Bytes)), StringComparer.Ordinal);

    private static async Task<byte[]> ArchiveAsync(string make, bool large = false)
    {
        using var folder = new TempFolder();
        var files = "mkdir in; cd in; mkdir d; echo hello > d/hello.txt; seq 1000 > numbers.csv; " + (large ? "head -c 40000000 /dev/urandom > large; " : "");
        (await Cli.RunAsync("/bin/bash", ["-euc", files + make.Replace("out", "../out", StringComparison.Ordinal) + "; cd ..; [ -e out ] || mv out.zip out"], folder: folder.Path)).Expect();
        return await File.ReadAllBytesAsync(folder["out"]);
    }
}
