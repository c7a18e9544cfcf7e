using System.Buffers.Binary;
using Glue.Functions.Decompress.Archives;
using Glue.Functions.Decompress.Members;
using Glue.Functions.Decompress.Zip;

namespace Glue.Functions.Decompress.Tests;

/// <summary>Zips that are read without libarchive, those that are not, and what is told of broken ones.</summary>
public sealed class ZipTests(Archives archives) : IClassFixture<Archives>
{
    private const string Written = "with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z: ";

    [Theory]
    [InlineData("plain.zip", 1)]
    [InlineData("plain.zip", 1_000)]
    [InlineData("stored.zip", 1)]
    [InlineData("stored.zip", 1_000)]
    [InlineData("streamed.zip", 7)]
    public void A_plain_zip_is_read_in_blocks_of_any_size(string name, int blockBytes)
    {
        Assert.True(IsPlain(archives[name]));
        var (members, _) = Unpacking.Unpack(new InBlocks(archives[name], blockBytes));
        Assert.Equal(archives.Files.Count, members.Count);
        Assert.All(archives.Files, file => Assert.Equal(file.Value, members[file.Key]));
    }

    [Theory]
    [InlineData("z.writestr('a', b'x')")]
    [InlineData("z.writestr('d/', b''); z.writestr('d/a', b'x')")]
    [InlineData("f = z.open('a', 'w', force_zip64=True); f.write(b'x'); f.close()")]
    [InlineData("i = zipfile.ZipInfo('a'); i.create_system = 0; i.external_attr = 0x20; z.writestr(i, b'x')")]
    [InlineData("i = zipfile.ZipInfo('a'); i.extra = bytes([0x55, 0x54, 1, 0, 0]); z.writestr(i, b'x'); z.comment = b'a comment'")]
    [InlineData("z.writestr('z/z/z', b'x'); z.writestr('a', b''); z.filelist.reverse()")] // lie in another order than they are listed
    [InlineData("pass")]
    public async Task What_common_programs_write_is_plain(string script) =>
        Assert.True(IsPlain(await archives.PythonAsync(Written + script)));

    [Theory]
    [InlineData("z.writestr('a', b'x' * 100, zipfile.ZIP_BZIP2)")]
    [InlineData("z.writestr('a\\\\\\\\b', b'x')")]
    [InlineData("i = zipfile.ZipInfo('a'); i.external_attr = 0o120777 << 16; z.writestr(i, b'b')")] // a symbolic link
    [InlineData("i = zipfile.ZipInfo('a'); i.external_attr = 0o040755 << 16; z.writestr(i, b'')")] // a folder without a slash
    [InlineData("i = zipfile.ZipInfo('a'); i.create_system = 10; z.writestr(i, b'x')")]
    [InlineData("i = zipfile.ZipInfo('a'); i.extra = bytes([0x75, 0x70, 1, 0, 0]); z.writestr(i, b'x')")] // another name
    [InlineData("z.writestr('a', b'x'); z.filelist[0].flag_bits |= 1")] // encrypted
    [InlineData("z.writestr('a', b'x' * 90); z.writestr('b', b'y'); z.filelist[1].header_offset -= 2")] // one in the other
    public async Task What_is_rare_or_strange_is_libarchives(string script) =>
        Assert.False(IsPlain(await archives.PythonAsync(Written + script)));

    [Fact]
    public async Task A_program_before_the_zip_moves_its_members()
    {
        var unmoved = await archives.PythonAsync(Written + "z.writestr('a', b'x'); z.writestr('b', bytes(300000))");
        byte[] zip = [.. "PK\u0003\u0004 any bytes that begin as a zip does"u8, .. unmoved];
        Assert.True(IsPlain(zip));
        var members = Unpacking.Unpack(zip);
        Assert.Equal(["a", "b"], members.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(300_000, members["b"].Length);
    }

    [Theory]
    [InlineData("z.filelist[0].CRC ^= 1", "bad CRC: [0-9a-f]{8}, the zip's directory says [0-9a-f]{8}")]
    [InlineData("z.filelist[0].file_size += 1", "the member has 300000 bytes, the zip's directory says 300001")]
    [InlineData("z.filelist[0].file_size -= 1", "the member has 300000 bytes, the zip's directory says 299999")]
    [InlineData("z.filelist[0].compress_size -= 9", "the member's data end too early")]
    [InlineData("z.filelist[0].compress_size -= z.filelist[0].compress_size", "the member's data end too early")]
    [InlineData("z.filelist[0].compress_type = 0; z.filelist[0].file_size = z.filelist[0].compress_size", "the header of 'a' is damaged or not where the zip's directory says")]
    [InlineData("z.filelist[0].header_offset += 1; z.filelist[0].compress_size -= 1", "the header of 'a' is damaged or not where the zip's directory says")]
    public async Task A_directory_that_does_not_fit_its_members_is_told(string script, string reason)
    {
        var zip = await archives.PythonAsync(Written + "z.writestr('a', bytes(range(250)) * 1200); " + script);
        Assert.True(IsPlain(zip));
        Assert.Matches("damaged: .*archive byte [0-9]+ of [0-9]+\\)?: " + reason + "\\. Nothing of it was kept$", Unpacking.Fails(zip).Message);
    }

    [Theory]
    [InlineData("(1 << 63) - 10, 0")] // beyond the largest offset when its length is added
    [InlineData("1 << 63, 0")]
    [InlineData("end, 1 << 62")] // the directory lies behind the end
    [InlineData("end, (1 << 63) - 1")]
    public async Task A_zip64_directory_that_is_nowhere_in_the_zip_is_told(string record)
    {
        var zip = await archives.PythonAsync(Written + $"""
            z.writestr('a', b'x')
            data = open(out, 'rb').read()
            end = data.rindex(b'PK\5\6')
            at, directory = {record}
            end64 = struct.pack('<4sQ2H2L4Q', b'PK\6\6', 44, 45, 45, 0, 0, 1, 1, 47, directory)
            open(out, 'wb').write(data[:end] + end64 + struct.pack('<4sLQL', b'PK\6\7', 0, at, 1) + data[end:])
            """);
        Assert.Contains("the zip's directory, which stands at its end, is missing", Unpacking.Fails(zip).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_inflated_before_the_break_is_handed_out_first()
    {
        var zip = (byte[])archives["plain.zip"].Clone();
        var (name, at) = ("data/noise.bin"u8.ToArray(), 0);
        at = zip.AsSpan().IndexOf(name) + name.Length + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(zip.AsSpan().IndexOf(name) - 2));
        zip.AsSpan(at + 600_000, 50_000).Fill(0xFF);
        var e = Unpacking.Fails(zip);
        Assert.Matches("the member 'data/noise.bin' broke at its byte [56][0-9]{5} ", e.Message);
    }

    private static bool IsPlain(byte[] zip)
    {
        ArchiveLibrary.Start();
        var source = new MemoryStream(zip);
        using var plain = PlainZip.TryOpen(source, ZipDirectory.Find(source), new NameDecoder(), null);
        return plain is not null;
    }
}
