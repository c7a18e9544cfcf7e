using Glue.Functions.Decompress.Archives;
using Glue.Functions.Http;
using Glue.Functions.Objects;
using Glue.Functions.Objects.Staging;
using Glue.Functions.Storage;

namespace Glue.Functions.Decompress.Tests;

public sealed class LimitTests(Archives archives) : IClassFixture<Archives>
{
    [Fact]
    public void More_members_than_allowed_stop_it() =>
        Assert.Equal(
            "the archive has more than MAX_MEMBERS=4 members. Nothing of the archive was kept",
            Unpacking.Fails(archives["a.tar"], settings: Unpacking.Settings(("MAX_MEMBERS", "4"))).Message);

    [Fact]
    public void More_bytes_than_allowed_stop_it() =>
        Assert.StartsWith(
            "the archive unpacks to more than MAX_BYTES=102400 bytes (at member 'data/noise.bin')",
            Unpacking.Fails(archives["plain.zip"], settings: Unpacking.Settings(("MAX_BYTES", "100K"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("head -c 200M /dev/zero | gzip -9 > b", "gz")]
    [InlineData("head -c 200M /dev/zero | zstd -q > b", "zst")]
    [InlineData("head -c 200M /dev/zero | zip -q b.zip - && mv b.zip b", "zip")]
    [InlineData("truncate -s 4T h && tar -S -cf b h", "sparse tar")]
    public async Task A_bomb_stops_early(string make, string kind)
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", make], folder: folder.Path)).Expect();
        var e = Unpacking.Fails(await File.ReadAllBytesAsync(folder["b"]), kind);
        Assert.Equal("ArchiveLimitException", e.GetType().Name);
        Assert.Matches("MAX_RATIO=250 times its size|MAX_BYTES", e.Message);
    }

    [Theory]
    [InlineData("echo a > a; truncate -s 200M z; tar -c a z | zstd -q > b")]
    [InlineData("echo a > a; truncate -s 200M z; 7z a -bd x.7z a z > /dev/null; mv x.7z b")]
    [InlineData("mkdir d; yes d/ | head -100000 | tar -c --no-recursion -T - | zstd -q > b")] // headers only
    public async Task What_is_not_wanted_is_no_way_round_the_limits_where_it_has_to_be_unpacked(string make)
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", make], folder: folder.Path)).Expect();
        var e = Unpacking.Fails(await File.ReadAllBytesAsync(folder["b"]), settings: Unpacking.Settings(("INCLUDE", "a")));
        Assert.Contains("MAX_RATIO=250 times its size", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_wanted_do_not_count_as_stored_ones() =>
        Assert.Equal(4, Unpacking.Unpack(archives["a.tar.gz"], settings: Unpacking.Settings(("EXCLUDE", "*.bin"), ("MAX_BYTES", "699K"))).Count);

    [Theory]
    [InlineData("a.tar", "**")] // nothing is stored
    [InlineData("a.tar.gz", "none")]
    public void The_time_is_looked_at_whether_members_are_wanted_or_not(string name, string exclude)
    {
        using var store = new MemoryStore();
        var unpacker = new Unpacker(Unpacking.Settings(("EXCLUDE", exclude)), store, static () => TimeSpan.FromSeconds(1));
        Assert.Throws<OutOfTimeException>(() => unpacker.Unpack(new MemoryStream(archives[name]), name, ""));
    }

    [Fact]
    public async Task Members_that_share_their_bytes_are_unpacked_once()
    {
        // The better zip bomb (Fifield 2019): many directory entries for one piece of compressed data.
        var zip = await archives.PythonAsync(
            """
            with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('a', bytes(4 << 20))
            data = open(out, 'rb').read()
            end = data.rindex(b'PK\5\6'); start = data.index(b'PK\1\2')
            entry = data[start:end]; entries = b''.join(entry[:46] + bytes([97 + i % 26]) + entry[47:] for i in range(200))
            open(out, 'wb').write(data[:start] + entries + struct.pack('<4s4H2LH', b'PK\5\6', 0, 0, 200, 200, len(entries), start, 0))
            """);
        Assert.Single(Unpacking.Unpack(zip));
    }

    [Theory]
    [InlineData("100G", "ArchiveLimitException", "the archive unpacks to more than MAX_BYTES=107374182400 bytes \\(at member 'a'\\)")]
    [InlineData("8388607T", "DamagedArchiveException", "5 bytes.* 1125899906842624|5 of 1125899906842624 bytes")]
    public async Task A_zip_that_says_it_is_enormous_is_beyond_a_limit_or_damaged(string maxBytes, string kind, string message)
    {
        var zip = await archives.PythonAsync(
            """
            import zlib
            c = zlib.compressobj(9, zlib.DEFLATED, -15); body = c.compress(b'hello') + c.flush()
            extra = struct.pack('<HHQ', 1, 8, 1 << 50)
            local = struct.pack('<4s5H3L2H', b'PK\3\4', 45, 0, 8, 0, 33, zlib.crc32(b'hello'), len(body), 0xFFFFFFFF, 1, 0) + b'a'
            entry = struct.pack('<4s6H3L5H2L', b'PK\1\2', 0x32d, 45, 0, 8, 0, 33, zlib.crc32(b'hello'), len(body), 0xFFFFFFFF, 1, len(extra), 0, 0, 0, 0x81a40000, 0) + b'a' + extra
            open(out, 'wb').write(local + body + entry + struct.pack('<4s4H2LH', b'PK\5\6', 0, 0, 1, 1, len(entry), len(local) + len(body), 0))
            """);
        CheckEnormous(zip, maxBytes, kind, message);
    }

    [Theory]
    [InlineData("100G", "ArchiveLimitException", "the archive unpacks to more than MAX_BYTES=107374182400 bytes \\(at member 'a'\\)")]
    [InlineData("8388607T", "DamagedArchiveException", "the member 'a'")]
    public async Task A_tar_that_says_it_is_enormous_is_beyond_a_limit_or_damaged(string maxBytes, string kind, string message)
    {
        var tar = await archives.PythonAsync(
            """
            h = bytearray(512)
            h[0:1] = b'a'; h[100:108] = b'0000644\0'; h[108:116] = b'0000000\0'; h[116:124] = b'0000000\0'
            h[124] = 0x80; h[128:136] = struct.pack('>Q', 1 << 44)
            h[136:148] = b'00000000000\0'; h[156:157] = b'0'; h[257:265] = b'ustar\x0000'
            h[148:156] = b'        '
            h[148:156] = b'%06o\0 ' % sum(h)
            open(out, 'wb').write(bytes(h) + bytes(4096))
            """);
        CheckEnormous(tar, maxBytes, kind, message);
    }

    /// <summary>With the staging that makes parts of such a size; nothing is sent.</summary>
    private static void CheckEnormous(byte[] archive, string maxBytes, string kind, string message)
    {
        ArchiveLibrary.Start();
        using var store = new StagedUploads(new StorageClient(HttpEndpoint.Parse("http://127.0.0.1:1")), "bucket", static _ => { }, static () => TimeSpan.FromMinutes(1));
        var unpacker = new Unpacker(Unpacking.Settings(("MAX_BYTES", maxBytes)), store, static () => TimeSpan.FromMinutes(1));
        var e = Assert.ThrowsAny<ObjectException>(() => unpacker.Unpack(new MemoryStream(archive), "archive", ""));
        Assert.Equal(kind, e.GetType().Name);
        Assert.Matches(message, e.Message);
    }

    [Fact]
    public void Wrong_settings_are_all_named() => Assert.Equal(
        "MAX_MEMBERS is '0': it is a whole number from 1 to 100000; MAX_BYTES is 'much': it is a number of bytes, as 5000000, 512K, 64M, 16G or 2T; "
        + "NAME_ENCODING is 'klingon': no such encoding is known; write shift_jis, gb18030, windows-1251, 866 or the like",
        Assert.Throws<Objects.SettingsException>(() => Unpacking.Settings(("MAX_MEMBERS", "0"), ("MAX_BYTES", "much"), ("NAME_ENCODING", "klingon"))).Message);
}
