namespace Glue.Functions.Decompress.Tests;

public sealed class RarTests(Archives archives) : IClassFixture<Archives>
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Both_rar_formats_give_the_files_that_went_in(int version)
    {
        // Version 4 keeps names beyond ASCII in a coding of its own; libarchive's reading of that is not ours to test.
        var files = archives.Files.Where(file => version == 5 || file.Key.All(char.IsAscii)).ToDictionary();
        var rar = version == 4 ? Rar.Version4(files) : Rar.Version5(files);
        var (members, manifest) = Unpacking.Unpack(new MemoryStream(rar), "a.rar");
        Assert.Equal("rar", manifest.Format);
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), members.Keys.Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(file.Value, members[file.Key]));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_rar_that_is_cut_short_is_damaged(int version)
    {
        var rar = version == 4 ? Rar.Version4(Noise()) : Rar.Version5(Noise());
        Assert.Equal("DamagedArchiveException", Unpacking.Fails(rar[..(rar.Length / 2)]).GetType().Name);
    }

    private Dictionary<string, byte[]> Noise() => new() { ["noise"] = archives.Files["data/noise.bin"] };
}
