namespace Glue.Functions.Decompress.Tests;

public sealed class FormatTests(Archives archives) : IClassFixture<Archives>
{
    [Theory]
    [InlineData("plain.zip", "zip")]
    [InlineData("stored.zip", "zip")]
    [InlineData("streamed.zip", "zip")]
    [InlineData("a.7z", "7z")]
    [InlineData("a.tar", "tar")]
    [InlineData("pax.tar", "tar")]
    [InlineData("a.tar.gz", "tar, gzip")]
    [InlineData("a.tar.bz2", "tar, bzip2")]
    [InlineData("a.tar.xz", "tar, xz")]
    [InlineData("a.tar.zst", "tar, zstd")]
    [InlineData("a.tar.lz4", "tar, lz4")]
    [InlineData("a.cpio", "cpio")]
    [InlineData("a.iso", "iso")]
    public void Every_format_gives_the_files_that_went_in_with_their_digests(string name, string format)
    {
        var (members, manifest) = Unpacking.Unpack(new MemoryStream(archives[name]), name);
        Assert.Equal(archives.Files.Keys.Order(StringComparer.Ordinal), members.Keys.Order(StringComparer.Ordinal));
        foreach (var (file, bytes) in archives.Files)
        {
            Assert.Equal(bytes, members[file]);
        }

        var json = System.Text.Json.JsonDocument.Parse(manifest.Write("b", "k", "e", 1, "b")).RootElement;
        foreach (var member in json.GetProperty("members").EnumerateArray())
        {
            var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(archives.Files[member.GetProperty("key").GetString()!]));
            Assert.Equal(digest, member.GetProperty("sha256").GetString());
        }

        Assert.Equal(format, manifest.Format);
    }

    [Theory]
    [InlineData("rows.csv.gz")]
    [InlineData("rows.csv.bz2")]
    [InlineData("rows.csv.xz")]
    [InlineData("rows.csv.zst")]
    [InlineData("rows.csv.lz4")]
    public void A_single_compressed_file_becomes_that_file_under_its_own_name(string name)
    {
        var (key, bytes) = Assert.Single(Unpacking.Unpack(archives[name], name));
        Assert.Equal("rows.csv", key);
        Assert.Equal(archives.Files["data/deep/er/rows.csv"], bytes);
    }

    [Fact]
    public async Task A_compressed_file_that_begins_with_zeros_is_not_taken_for_an_empty_tar()
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", "(head -c 20000 /dev/zero; echo end) | gzip > disk.img.gz; tar -czf none.tar.gz -T /dev/null"], folder: folder.Path)).Expect();
        Assert.Equal(20_004, Unpacking.Unpack(await File.ReadAllBytesAsync(folder["disk.img.gz"]), "disk.img.gz")["disk.img"].Length);
        Assert.Empty(Unpacking.Unpack(await File.ReadAllBytesAsync(folder["none.tar.gz"]), "none.tar.gz"));
    }

    [Fact]
    public void A_debian_package_gives_its_parts() =>
        Assert.Equal(["data.tar.gz", "debian-binary"], Unpacking.Unpack(archives["a.deb"]).Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void The_same_archive_gives_the_same_manifest_bytes()
    {
        byte[] Manifest() => Unpacking.Unpack(new MemoryStream(archives["plain.zip"])).Manifest.Write("b", "k", "e", 1, "b");
        Assert.Equal(Manifest(), Manifest());
    }

    [Theory]
    [InlineData("encrypted.zip", "the member '")]
    [InlineData("encrypted.7z", "the member '")]
    [InlineData("hidden.7z", "the archive")]
    public void What_is_encrypted_is_refused_and_says_so(string name, string what)
    {
        var e = Unpacking.Fails(archives[name]);
        Assert.Equal("EncryptedArchiveException", e.GetType().Name);
        Assert.StartsWith(what, e.Message, StringComparison.Ordinal);
        Assert.EndsWith("is encrypted; this function has no passwords. Decrypt the archive before it is uploaded", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("just some words, no archive", "text (first bytes 6A 75 73 74 20 73 6F 6D)")]
    [InlineData("%PDF-1.7\n", "a PDF document (first bytes 25 50 44 46 2D 31 2E 37)")]
    [InlineData("\u0001", "its first bytes are 01")]
    public void What_is_no_archive_is_named_by_what_it_looks_like(string content, string looksLike)
    {
        var e = Unpacking.Fails(System.Text.Encoding.UTF8.GetBytes(content));
        Assert.StartsWith($"not an archive that this function reads: {looksLike}. It reads zip,", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_with_zip64_records_is_read()
    {
        var zip = await archives.PythonAsync(
            """
            with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
                with z.open('big', 'w', force_zip64=True) as f: f.write(b'zip64' * 100000)
                for i in range(66000): z.writestr(zipfile.ZipInfo(f'{i:05}'), b'')
            """);
        Assert.Equal(66_001, Unpacking.Unpack(zip, settings: Unpacking.Settings(("MAX_MEMBERS", "70000"))).Count);
        var one = Assert.Single(Unpacking.Unpack(zip, settings: Unpacking.Settings(("INCLUDE", "65999"))));
        Assert.Equal("65999", one.Key);
        Assert.Equal(500_000, Assert.Single(Unpacking.Unpack(zip, settings: Unpacking.Settings(("INCLUDE", "big")))).Value.Length);
    }

    [Fact]
    public async Task A_sparse_file_gets_its_holes_back_as_zeros()
    {
        var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", "truncate -s 3M s; printf x | dd of=s bs=1 seek=1M conv=notrunc status=none; tar -S -cf s.tar s"], folder: folder.Path)).Expect();
        var file = Unpacking.Unpack(await File.ReadAllBytesAsync(folder["s.tar"]))["s"];
        folder.Dispose();
        Assert.Equal((3 << 20, (byte)'x', 1), (file.Length, file[1 << 20], file.Count(static b => b != 0)));
    }
}
