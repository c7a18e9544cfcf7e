using Glue.Functions.Decompress.Archives;

namespace Glue.Functions.Decompress.Tests;

/// <summary>gzip files as RFC 1952 allows them and as tools make them, read in blocks of every size.</summary>
public sealed class GzipTests
{
    private static readonly byte[] Text = [.. Enumerable.Range(0, 60_000).SelectMany(static i => System.Text.Encoding.ASCII.GetBytes($"{i * 7919 % 1000},"))];

    static GzipTests() => ArchiveLibrary.Start();

    public static TheoryData<int> Blocks => new(1, 7, 1000, 1_000_000);

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_header_with_every_optional_field_is_read_in_blocks_of_any_size(int inputBytes) =>
        Assert.Equal(Text, Read(GzipFile.MemberWithEveryField(Text), inputBytes));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Members_one_after_the_other_are_one_content_also_when_some_are_empty(int inputBytes)
    {
        var (empty, a, b) = (GzipFile.Member([]), GzipFile.MemberWithEveryField("a"u8), GzipFile.Member("b"u8));
        Assert.Equal(
            (byte[])[.. "a"u8, .. Text, .. "b"u8],
            Read([.. empty, .. a, .. empty, .. empty, .. GzipFile.Member(Text), .. b, .. empty], inputBytes));
        Assert.Empty(Read(empty, inputBytes));
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
        using var decoder = new GzipDecoder(new MemoryStream(file));
        Assert.Equal(Text.Length, decoder.ReadBlock().Length);
        for (var i = 0; i < 2; i++)
        {
            var e = Assert.Throws<InvalidDataException>(() => decoder.ReadBlock().Length);
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
        using var decoder = new GzipDecoder(new MemoryStream(GzipFile.Member(noise)[..^1000]));
        var read = 0;
        while (read < 998_000)
        {
            var block = decoder.ReadBlock();
            Assert.True(block.SequenceEqual(noise.AsSpan(read, block.Length)));
            read += block.Length;
        }

        Assert.InRange(read, 998_000, noise.Length - 1);
        Assert.Equal("the gzip data end too early", Assert.Throws<InvalidDataException>(() => decoder.ReadBlock().Length).Message);
    }

    [Fact]
    public void A_member_of_more_than_4_GiB_fits_its_length_which_has_32_bits()
    {
        const int Times = 129;
        using var decoder = new GzipDecoder(GzipFile.Zeros(Times, checksum: 0xD4ED1F96));
        long bytes = 0;
        for (int read; (read = decoder.ReadBlock().Length) > 0;)
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

    private static byte[] Read(byte[] file, int inputBytes = 1_000_000)
    {
        using var decoder = new GzipDecoder(new InBlocks(file, inputBytes));
        using var content = new MemoryStream();
        for (ReadOnlySpan<byte> block; !(block = decoder.ReadBlock()).IsEmpty;)
        {
            content.Write(block);
        }

        return content.ToArray();
    }
}
