using Glue.Functions.Decompress.Archives;

namespace Glue.Functions.Decompress.Tests;

/// <summary>gzip files as RFC 1952 allows them and as tools make them, read in blocks of every size.</summary>
public sealed class GzipTests
{
    private static readonly byte[] Text = [.. Enumerable.Range(0, 60_000).SelectMany(static i => System.Text.Encoding.ASCII.GetBytes($"{i * 7919 % 1000},"))];

    static GzipTests() => ArchiveLibrary.Start();

    public static TheoryData<int, int> Blocks => new() { { 1, 1 }, { 1, 65_536 }, { 7, 100_000 }, { 1_000_000, 1 }, { 1_000_000, 33 }, { 1_000_000, 1_000_000 } };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_header_with_every_optional_field_is_read_in_blocks_of_any_size(int inputBytes, int outputBytes) =>
        Assert.Equal(Text, Read(GzipFile.MemberWithEveryField(Text), inputBytes, outputBytes));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Members_one_after_the_other_are_one_content_also_when_some_are_empty(int inputBytes, int outputBytes)
    {
        var (empty, a, b) = (GzipFile.Member([]), GzipFile.MemberWithEveryField("a"u8), GzipFile.Member("b"u8));
        Assert.Equal(
            (byte[])[.. "a"u8, .. Text, .. "b"u8],
            Read([.. empty, .. a, .. empty, .. empty, .. GzipFile.Member(Text), .. b, .. empty], inputBytes, outputBytes));
        Assert.Empty(Read(empty, inputBytes, outputBytes));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(1_000_000)]
    public void Many_small_members_as_bgzip_makes_them_are_one_content(int inputBytes)
    {
        byte[] file = [.. Text.Chunk(100).SelectMany(static block => GzipFile.BlockOfBgzip(block)), .. GzipFile.BlockOfBgzip([])];
        Assert.Equal(Text, Read(file, inputBytes));
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0x1F })]
    [InlineData(new byte[] { 0x1F, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 2, 3, 0x1F, 0x8B, 8 })]
    public void What_follows_the_last_member_and_is_no_member_is_left_alone(byte[] behind)
    {
        Assert.Equal(Text, Read([.. GzipFile.Member(Text), .. behind]));
        Assert.Equal(Text, Read([.. GzipFile.Member(Text), .. behind], inputBytes: 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void A_member_that_is_cut_short_anywhere_is_broken_behind_a_whole_one_too(int inputBytes)
    {
        var first = GzipFile.Member("whole"u8);
        var second = GzipFile.MemberWithEveryField("a few bytes"u8);
        for (var bytes = 2; bytes < second.Length; bytes++)
        {
            Assert.Throws<InvalidDataException>(() => Read(second[..bytes], inputBytes));
            Assert.Throws<InvalidDataException>(() => Read([.. first, .. second[..bytes]], inputBytes));
        }
    }

    [Theory]
    [InlineData(8)] // the checksum
    [InlineData(4)] // the length
    public void A_trailer_that_does_not_fit_is_told_once_the_content_was_handed_out_and_then_always(int fromEnd)
    {
        var file = GzipFile.Member(Text);
        file[^fromEnd] ^= 1;
        using var stream = new GzipStream(new MemoryStream(file));
        var content = new byte[Text.Length + 1];
        Assert.Equal(Text.Length, stream.Read(content));
        for (var i = 0; i < 2; i++)
        {
            var e = Assert.Throws<InvalidDataException>(() => stream.Read(content));
            Assert.Equal("the gzip data do not fit their checksum or length", e.Message);
        }
    }

    [Theory]
    [InlineData(2, "the gzip header is not valid")] // the method
    [InlineData(15, "the gzip data do not fit their checksum or length")] // in the extra field
    [InlineData(25, "the gzip data do not fit their checksum or length")] // in the name
    public void A_broken_header_is_told(int at, string message)
    {
        var file = GzipFile.MemberWithEveryField(Text);
        file[at] ^= 1;
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Read(file)).Message);
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Read(file, inputBytes: 1)).Message);
    }

    [Fact]
    public void What_was_decoded_before_the_break_is_handed_out_first()
    {
        var noise = new byte[1_000_000];
        new Random(7).NextBytes(noise);
        using var stream = new GzipStream(new MemoryStream(GzipFile.Member(noise)[..^1000]));
        var content = new byte[noise.Length];
        var read = stream.Read(content);
        Assert.InRange(read, 998_000, noise.Length - 1);
        Assert.True(noise.AsSpan(0, read).SequenceEqual(content.AsSpan(0, read)));
        Assert.Equal("the gzip data end too early", Assert.Throws<InvalidDataException>(() => stream.Read(content)).Message);
    }

    [Fact]
    public void A_member_of_more_than_4_GiB_fits_its_length_which_has_32_bits()
    {
        const int Times = 129;
        using var stream = new GzipStream(GzipFile.Zeros(Times, checksum: 0xD4ED1F96));
        var content = new byte[1 << 20];
        long bytes = 0;
        for (int read; (read = stream.Read(content)) > 0;)
        {
            bytes += read;
        }

        Assert.Equal((long)Times << 25, bytes);
    }

    [Fact]
    public async Task What_tools_make_is_what_went_in()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["text"], Text);
        (await Cli.RunAsync(
            "/bin/bash",
            [
                "-euc",
                """
                for level in 1 6 9; do gzip -$level -c text > gzip$level.gz; pigz -$level -p 4 -b 128 -c text > pigz$level.gz; done
                pigz -i -p 4 -b 128 -c text > independent.gz
                split -n 7 text part. && for part in part.*; do gzip -c $part; done > joined.gz
                (cat gzip9.gz; head -c 3000 /dev/zero) > padded.gz
                """,
            ],
            folder: folder.Path)).Expect();
        foreach (var file in Directory.EnumerateFiles(folder.Path, "*.gz"))
        {
            var content = Read(await File.ReadAllBytesAsync(file));
            Assert.True(content.AsSpan().SequenceEqual(Text), file);
        }
    }

    private static byte[] Read(byte[] file, int inputBytes = 1_000_000, int outputBytes = 1_000_000)
    {
        using var stream = new GzipStream(new InBlocks(file, inputBytes));
        using var content = new MemoryStream();
        var block = new byte[outputBytes];
        for (int read; (read = stream.Read(block)) > 0;)
        {
            content.Write(block, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>Gives at most so many bytes at a time, as a connection does.</summary>
    private sealed class InBlocks(byte[] bytes, int blockBytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, blockBytes)]);
    }
}
