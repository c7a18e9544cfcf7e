using Glue.Functions.Objects;

namespace Glue.Functions.Decompress.Tests;

/// <summary>Whatever comes in: the files that went in, or one of our errors. Never half a file, never another exception, never a hang.</summary>
public sealed class DamageTests(Archives archives) : IClassFixture<Archives>
{
    private const int Tries = 1_000;

    public static TheoryData<string> Names => new(
        "small.zip", "small.7z", "small.tar", "small.tar.gz", "small.tar.bz2", "small.tar.xz", "small.tar.zst", "small.tar.lz4", "small.cpio", "small.iso", "small.rar", "small.rar5", "compressed.rar");

    [Theory]
    [InlineData("plain.zip")]
    [InlineData("a.7z")]
    [InlineData("a.tar.gz")]
    [InlineData("a.tar.bz2")]
    [InlineData("a.tar.xz")]
    [InlineData("a.tar.zst")]
    [InlineData("a.tar.lz4")]
    [InlineData("rows.csv.gz")]
    [InlineData("rows.csv.xz")]
    [InlineData("rows.csv.zst")]
    public void An_archive_that_is_cut_short_is_damaged_wherever_it_is_cut(string name)
    {
        foreach (var part in new[] { 0.3, 0.9, 0.9999 })
        {
            var e = Unpacking.Fails(archives[name][..(int)(archives[name].Length * part)], name);
            Assert.Equal(("DamagedArchiveException", part), (e.GetType().Name, part));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("bzip2")]
    [InlineData("xz")]
    [InlineData("zstd -q --check")]
    [InlineData("lz4 -q")]
    public async Task A_compressed_file_is_never_taken_for_an_empty_or_another_one_wherever_it_is_cut(string tool)
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", $"{tool} -c < /dev/null > none; seq 100 | {tool} -c > some"], folder: folder.Path)).Expect();
        foreach (var whole in new[] { await File.ReadAllBytesAsync(folder["none"]), await File.ReadAllBytesAsync(folder["some"]) })
        {
            Assert.All(Enumerable.Range(0, whole.Length), cut => Unpacking.Fails(whole[..cut]));
        }
    }

    [Fact]
    public void The_member_and_the_byte_where_it_broke_are_named()
    {
        var whole = archives["a.tar"];
        var e = Unpacking.Fails(whole[..300_000]);
        Assert.Matches(
            "^the archive is cut short or damaged: the member 'data/[^']+' broke at its byte [0-9]+ \\(archive byte 300000 of 300000\\): "
            + "Truncated .+\\. Nothing of it was kept$",
            e.Message);
    }

    [Fact]
    public void A_flipped_bit_in_a_stored_member_is_found_by_its_checksum()
    {
        var zip = (byte[])archives["stored.zip"].Clone();
        zip[zip.Length / 2] ^= 1;
        Assert.Contains("bad CRC", Unpacking.Fails(zip).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_in_a_gzip_trailer_is_found()
    {
        var gz = (byte[])archives["a.tar.gz"].Clone();
        gz[^6] ^= 1;
        Assert.Equal("DamagedArchiveException", Unpacking.Fails(gz).GetType().Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_thousand_flipped_and_a_thousand_cut_archives_end_in_files_or_a_clean_error(string name)
    {
        var whole = await SmallAsync(name);
        var random = new Random(name.Length);
        for (var i = 0; i < Tries; i++)
        {
            Try(whole[..random.Next(whole.Length)], i);
            var flipped = (byte[])whole.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            }

            Try(flipped, i);
        }
    }

    private static void Try(byte[] archive, int number)
    {
        try
        {
            Unpacking.Unpack(archive, settings: Unpacking.Settings(("MAX_BYTES", "16M"), ("EXCLUDE", number % 2 == 0 ? "" : "n*")));
        }
        catch (ObjectException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private static async Task<byte[]> SmallAsync(string name)
    {
        if (name == "compressed.rar")
        {
            return RarTests.Sample(name);
        }

        if (name.Contains(".rar", StringComparison.Ordinal))
        {
            var files = new Dictionary<string, byte[]> { ["d/numbers"] = [.. Enumerable.Range(0, 2000).Select(static i => (byte)(i % 7))], ["noise"] = "noise"u8.ToArray(), ["none"] = [] };
            return name == "small.rar" ? Rar.Version4(files) : Rar.Version5(files);
        }

        using var folder = new TempFolder();
        var make = name switch
        {
            "small.zip" => "zip -q -r $N .",
            "small.7z" => "7z a -bd $N . > /dev/null",
            "small.cpio" => "bsdtar --format=newc -cf $N *",
            "small.iso" => "bsdtar --format=iso9660 -cf $N *",
            _ => "tar -cf ../small.tar * && cd .. && case $N in *gz) gzip small.tar;; *bz2) bzip2 small.tar;; *xz) xz small.tar;; *zst) zstd -q --check small.tar;; *lz4) lz4 -q small.tar small.tar.lz4;; esac",
        };
        (await Cli.RunAsync("/bin/bash", ["-euc", $"N=../{name}; mkdir in; cd in; mkdir d; seq 500 > d/numbers; head -c 3000 /dev/urandom > noise; touch none; ln d/numbers same; {make}"], folder: folder.Path)).Expect();
        return await File.ReadAllBytesAsync(folder[name]);
    }
}
