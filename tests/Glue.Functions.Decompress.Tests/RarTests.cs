using Glue.Functions.Objects;

namespace Glue.Functions.Decompress.Tests;

/// <summary>Archives of the real program; their origin: <c>tests/samples/README.md</c>.</summary>
public sealed class RarTests
{
    [Theory]
    [InlineData("compressed.rar", "testContent/hello.txt", "testContent/pug.jpg")]
    [InlineData("folders.rar", "example/foo/bar.txt", "example/hoge.txt")]
    [InlineData("japanese.rar", "ディレクトリ/テキストファイル.txt")]
    public async Task Every_file_is_what_bsdtar_makes_of_it(string name, params string[] files)
    {
        var members = Unpacking.Unpack(Sample(name));
        Assert.Equal(files.Order(StringComparer.Ordinal), members.Keys.Order(StringComparer.Ordinal));

        using var folder = new TempFolder();
        (await Cli.RunAsync("/usr/bin/bsdtar", ["-xf", Path.GetFullPath(SamplePath(name)), "-C", folder.Path], new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" })).Expect();
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(folder[file]), members[file]));
    }

    [Fact]
    public void One_whose_names_are_encrypted_is_refused_and_says_so() =>
        Assert.Contains("encrypt", Assert.ThrowsAny<ObjectException>(() => Unpacking.Unpack(Sample("encrypted.rar"))).Message, StringComparison.OrdinalIgnoreCase);

    internal static byte[] Sample(string name) => File.ReadAllBytes(SamplePath(name));

    private static string SamplePath(string name) => Repository.Path($"tests/samples/archives/{name}");
}
