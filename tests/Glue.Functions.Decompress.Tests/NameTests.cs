using Glue.Functions.Decompress.Members;

namespace Glue.Functions.Decompress.Tests;

public sealed class NameTests(Archives archives) : IClassFixture<Archives>
{
    [Theory]
    [InlineData("a/b.txt", "a/b.txt")]
    [InlineData("/etc/passwd", "etc/passwd")]
    [InlineData("../../etc/passwd", "etc/passwd")]
    [InlineData("a/../../b", "b")]
    [InlineData("./a//b/.", "a/b")]
    [InlineData("C:\\Users\\x.txt", "Users/x.txt")]
    [InlineData("\\\\server\\share\\x", "server/share/x")]
    [InlineData("a\nb\u0000c", "a_b_c")]
    [InlineData("..", "unnamed")]
    [InlineData("", "unnamed")]
    [InlineData("a..b/...c", "a..b/...c")]
    public void Names_are_made_harmless(string name, string key) => Assert.Equal(key, MemberKeys.Clean(name));

    [Fact]
    public void A_name_that_comes_again_keeps_its_key_and_another_that_comes_down_to_it_does_not_get_it()
    {
        var keys = new MemberKeys(1000);
        Assert.Equal(["a", "a~2", "a", "a~2", "a~3"], new[] { "a", "../a", "a", "../a", "/a" }.Select(keys.For));
    }

    [Fact]
    public void A_name_too_long_for_a_key_is_cut_between_characters_and_stays_its_own()
    {
        var keys = new MemberKeys(100);
        var (one, other) = (keys.For(new string('ü', 200) + "1"), keys.For(new string('ü', 200) + "2"));
        Assert.NotEqual(one, other);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(one), 90, 100);
    }

    [Theory]
    [InlineData("*.csv", "deep/er/a.csv", true)]
    [InlineData("*.csv", "a.csv.gz", false)]
    [InlineData("data/*.csv", "data/a.csv", true)]
    [InlineData("data/*.csv", "data/deep/a.csv", false)]
    [InlineData("data/**", "data/deep/a.csv", true)]
    [InlineData("**/er/*", "data/deep/er/a", true)]
    [InlineData("**/a", "a", true)]
    [InlineData("d?ta/a*c", "data/abc", true)]
    [InlineData("a/**/z/*.t", "a/b/z/c/z/x.t", true)]
    [InlineData("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Patterns_fit_as_documented(string pattern, string path, bool fits) => Assert.Equal(fits, new GlobSet(pattern, null).Wants(path));

    [Fact]
    public void Only_what_is_included_and_not_excluded_is_unpacked()
    {
        foreach (var name in new[] { "plain.zip", "a.tar.gz", "a.7z" })
        {
            var members = Unpacking.Unpack(archives[name], settings: Unpacking.Settings(("INCLUDE", "docs/**, *.csv"), ("EXCLUDE", "*read*")));
            Assert.Equal(["data/deep/er/rows.csv", "docs/Zürich 🐱.txt"], members.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(archives.Files["data/deep/er/rows.csv"], members["data/deep/er/rows.csv"]);
        }
    }

    [Theory]
    [InlineData("cp437", null, "für.txt")]
    [InlineData("shift_jis", "shift_jis", "日本.txt")]
    [InlineData("cp866", "866", "мир.txt")]
    [InlineData("utf-8", null, "日本.txt")]
    public async Task Names_of_old_programs_are_read_in_their_encoding(string written, string? setting, string name)
    {
        // The zip's own flag for UTF-8 stays off: the raw bytes stand there as an old program wrote them.
        var zip = await archives.PythonAsync(
            $"""
            class Raw(zipfile.ZipInfo):
                def _encodeFilenameFlags(self): return self.filename.encode('{written}'), 0
            with zipfile.ZipFile(out, 'w') as z: z.writestr(Raw('{name}'), b'x')
            """);
        Assert.Equal(name, Assert.Single(Unpacking.Unpack(zip, settings: Unpacking.Settings(("NAME_ENCODING", setting ?? "")))).Key);
    }

    [Fact]
    public async Task Links_and_devices_are_listed_and_not_followed()
    {
        var tar = await archives.PythonAsync(
            """
            with tarfile.open(out, 'w') as t:
                def add(name, type, link='', data=b''):
                    i = tarfile.TarInfo(name); i.type = type; i.linkname = link; i.size = len(data); t.addfile(i, io.BytesIO(data))
                add('file', tarfile.REGTYPE, data=b'content')
                add('soft', tarfile.SYMTYPE, '/etc/passwd')
                add('hard', tarfile.LNKTYPE, 'file')
                add('pipe', tarfile.FIFOTYPE)
                add('../up', tarfile.REGTYPE, data=b'up')
            """);
        var (members, manifest) = Unpacking.Unpack(new MemoryStream(tar));
        Assert.Equal(["file", "up"], members.Keys);
        var json = System.Text.Encoding.UTF8.GetString(manifest.Write("b", "k", "e", 1, "b"));
        Assert.Contains("\"symbolic link to /etc/passwd\"", json, StringComparison.Ordinal);
        Assert.Contains("\"hard link to file, which is stored under that name\"", json, StringComparison.Ordinal);
        Assert.Contains("\"device, pipe or socket\"", json, StringComparison.Ordinal);
    }
}
