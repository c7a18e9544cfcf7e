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

    [Theory]
    [InlineData("gzip", "gz")]
    [InlineData("bzip2", "bz2")]
    [InlineData("xz", "xz")]
    [InlineData("zstd -q", "zst")]
    [InlineData("lz4 -q", "lz4")]
    public async Task An_empty_compressed_file_is_an_empty_file(string tool, string extension)
    {
        var (members, manifest) = Unpacking.Unpack(new MemoryStream(await MakeAsync($"{tool} -c < /dev/null > made")), $"none.txt.{extension}");
        Assert.Empty(Assert.Single(members, static member => member.Key == "none.txt").Value);
        Assert.Equal((1, tool.Split(' ')[0]), (manifest.Members, manifest.Format));
    }

    [Fact]
    public async Task Nothing_compressed_that_is_called_a_tar_is_one_without_members() =>
        Assert.Empty(Unpacking.Unpack(await MakeAsync("gzip < /dev/null > made"), "none.tar.gz"));

    [Theory]
    [InlineData("a.cpio", "--format newc", "abc")]
    [InlineData("a.cpio", "--format odc", "abc")]
    [InlineData("a.tar", "--format pax", "abc")]
    [InlineData("a.cpio.gz", "--format newc", "abc")]
    [InlineData("a.cpio", "--format newc", "b")] // excluded
    [InlineData("a.cpio", "--format newc", "c")]
    public async Task A_file_with_several_names_is_stored_once_whichever_of_them_holds_its_bytes(string name, string format, string excluded)
    {
        var packed = await MakeAsync($"echo content > a; ln a b; ln a c; echo other > d; bsdtar {format} -cf made a b c d" + (name.EndsWith("gz", StringComparison.Ordinal) ? "; gzip made; mv made.gz made" : ""));
        var (members, manifest) = Unpacking.Unpack(new MemoryStream(packed), name, Unpacking.Settings(("EXCLUDE", excluded)));
        Assert.Equal(["a", "d"], members.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("content\n"u8, members["a"]);
        Assert.Equal("other\n"u8, members["d"]);
        var json = System.Text.Encoding.UTF8.GetString(manifest.Write("b", "k", "e", 1, "b"));
        Assert.Contains("\"hard link to a, which is stored under that name\"", json, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("content\n"u8)), json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_name_of_a_file_holds_its_bytes_when_it_alone_is_wanted()
    {
        var packed = await MakeAsync("echo content > a; ln a b; bsdtar --format newc -cf made a b");
        Assert.Equal("content\n"u8, Unpacking.Unpack(packed, settings: Unpacking.Settings(("INCLUDE", "b")))["b"]);
    }

    [Theory]
    [InlineData("plain.zip", "gz")]
    [InlineData("a.7z", "gz")]
    [InlineData("a.iso", "zst")]
    [InlineData("a.deb", "xz")]
    public async Task An_archive_in_a_compressed_file_is_a_single_file(string name, string extension)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder[name], archives[name]);
        (await Cli.RunAsync("/bin/bash", ["-euc", $"case {extension} in gz) gzip {name};; zst) zstd -q {name};; *) xz {name};; esac"], folder: folder.Path)).Expect();
        var (key, bytes) = Assert.Single(Unpacking.Unpack(await File.ReadAllBytesAsync(folder[$"{name}.{extension}"]), $"{name}.{extension}"));
        Assert.Equal(name, key);
        Assert.Equal(archives[name], bytes);
    }

    [Theory]
    [InlineData("rows.csv.zst")]
    [InlineData("rows.csv.lz4")]
    [InlineData("a.tar.zst")]
    public void Frames_to_be_skipped_may_stand_before_the_first(string name)
    {
        byte[] note = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4], none = [0x5F, 0x2A, 0x4D, 0x18, 0, 0, 0, 0];
        Assert.Equal(
            Unpacking.Unpack(archives[name], name).Select(static member => (member.Key, member.Value.Length)),
            Unpacking.Unpack([.. note, .. none, .. archives[name], .. note], name).Select(static member => (member.Key, member.Value.Length)));
    }

    [Fact]
    public async Task What_pzstd_writes_is_read() =>
        Assert.Equal(6_888_896, Unpacking.Unpack(await MakeAsync("seq 1000000 > n; pzstd -q -p 2 n -o made"), "n.zst")["n"].Length);

    [Theory]
    [InlineData(new byte[] { 0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4 })] // nothing behind them
    [InlineData(new byte[] { 0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, 1 })] // goes beyond the end
    [InlineData(new byte[] { 0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0, 0x1F, 0x8B, 8, 0 })] // gzip has none
    public void Frames_to_be_skipped_alone_are_no_archive(byte[] content) =>
        Assert.StartsWith("not an archive that this function reads: its first bytes are 50 2A 4D 18", Unpacking.Fails(content).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_sparse_file_gets_its_holes_back_as_zeros()
    {
        var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", "truncate -s 3M s; printf x | dd of=s bs=1 seek=1M conv=notrunc status=none; tar -S -cf s.tar s"], folder: folder.Path)).Expect();
        var file = Unpacking.Unpack(await File.ReadAllBytesAsync(folder["s.tar"]))["s"];
        folder.Dispose();
        Assert.Equal((3 << 20, (byte)'x', 1), (file.Length, file[1 << 20], file.Count(static b => b != 0)));
    }

    /// <param name="script">Writes a file <c>made</c>.</param>
    private static async Task<byte[]> MakeAsync(string script)
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", script], folder: folder.Path)).Expect();
        return await File.ReadAllBytesAsync(folder["made"]);
    }
}
