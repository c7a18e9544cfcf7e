using Glue.Functions.Decompress.Members;

namespace Glue.Functions.Decompress.Tests;

public sealed class NameTests(Archives archives) : IClassFixture<Archives>
{
    /// <summary>Info-ZIP's Unicode Path field in the local header, in the directory, or both.</summary>
    private const string ZipWithUnicodePath =
        """
        import zlib
        def make(about, local, central):
            name, data, path = b'r.txt', b'x', '日本.txt'.encode()
            up = struct.pack('<HHBI', 0x7075, 5 + len(path), 1, zlib.crc32(about.encode())) + path
            l, c = up if local else b'', up if central else b''
            rest = (0, 0, 0, 0, zlib.crc32(data), len(data), len(data), len(name))
            with open(out, 'wb') as f:
                f.write(struct.pack('<IH4H3I2H', 0x04034b50, 20, *rest, len(l)) + name + l + data)
                at = f.tell()
                f.write(struct.pack('<I2H4H3I2H3H2I', 0x02014b50, 20, 20, *rest, len(c), 0, 0, 0, 0, 0) + name + c)
                f.write(struct.pack('<I4H2IH', 0x06054b50, 0, 0, 1, 1, f.tell() - at, at, 0))

        """;

    [Theory]
    [InlineData("a/b.txt", "a/b.txt")]
    [InlineData("/etc/passwd", "etc/passwd")]
    [InlineData("../../etc/passwd", "etc/passwd")]
    [InlineData("a/../../b", "b")]
    [InlineData("./a//b/.", "a/b")]
    [InlineData("C:\\Users\\x.txt", "Users/x.txt")]
    [InlineData("\\\\server\\share\\x", "server/share/x")]
    [InlineData("C:evil.txt", "evil.txt")]
    [InlineData("x/C:/y", "x/y")]
    [InlineData("C:D:..\\x", "x")]
    [InlineData("x/../C:y", "y")]
    [InlineData("ab:c/d:e", "ab:c/d:e")]
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

    [Fact]
    public void Different_names_too_long_for_a_key_that_come_down_to_the_same_still_fit_into_one()
    {
        var keys = new MemberKeys(100);
        var name = new string('n', 200);
        var all = new[] { name, "./" + name, "/" + name, new string('m', 99), "./" + new string('m', 99) }.Select(keys.For).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, static key => Assert.InRange(key.Length, 1, 100));
    }

    [Fact]
    public void A_number_that_is_a_members_own_name_is_passed_over()
    {
        var keys = new MemberKeys(1000);
        Assert.Equal(["a~2", "a", "a~3", "a~4", "a~2"], new[] { "a~2", "a", "../a", "/a", "a~2" }.Select(keys.For));
    }

    [Fact]
    public void A_hundred_thousand_names_that_come_down_to_one_get_their_keys_without_trying_them_all()
    {
        // Tried one after the other, these are five thousand million tries: minutes.
        var keys = new MemberKeys(1000);
        var last = "";
        for (var i = 0; i < 100_000; i++)
        {
            last = keys.For(string.Concat(Enumerable.Repeat("./", i % 400)) + new string('/', i / 400) + "x");
        }

        Assert.Equal("x~100000", last);
    }

    [Theory]
    [InlineData("*.csv", "deep/er/a.csv", true)]
    [InlineData("docs/", "docs/deep/a", true)]
    [InlineData("docs/", "docs", false)]
    [InlineData("docs/", "other/docs/a", false)]
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

    [Fact]
    public async Task A_link_to_what_is_not_stored_says_so()
    {
        var tar = await archives.PythonAsync(
            """
            with tarfile.open(out, 'w') as t:
                t.addfile(tarfile.TarInfo('file'))
                for name, to in ('hard', 'file'), ('lost', 'nowhere'):
                    i = tarfile.TarInfo(name); i.type = tarfile.LNKTYPE; i.linkname = to; t.addfile(i)
            """);
        string Skipped(string exclude) => System.Text.Encoding.UTF8.GetString(
            Unpacking.Unpack(new MemoryStream(tar), settings: Unpacking.Settings(("EXCLUDE", exclude))).Manifest.Write("b", "k", "e", 1, "b"));
        Assert.Contains("\"hard link to file, which is stored under that name\"", Skipped("none"), StringComparison.Ordinal);
        Assert.Contains("\"hard link to nowhere, which is not stored\"", Skipped("none"), StringComparison.Ordinal);
        Assert.Contains("\"hard link to file, which is not stored\"", Skipped("file"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r.txt", "日本*", "日本.txt")] // the field is about this name
    [InlineData("r.txt", "r*", null)]
    [InlineData("other", "r*", "r.txt")] // it is about another: the member was renamed by a program that does not know the field
    [InlineData("other", "日本*", null)]
    public async Task A_pattern_is_about_the_name_that_a_zip_gives_in_Unicode_beside_the_old_one(string about, string pattern, string? name)
    {
        var zip = await archives.PythonAsync(ZipWithUnicodePath + $"make('{about}', True, True)");
        Assert.Equal(name is null ? [] : [name], Unpacking.Unpack(zip, settings: Unpacking.Settings(("INCLUDE", pattern))).Keys);
    }

    [Fact]
    public async Task A_member_whose_header_and_directory_entry_do_not_agree_whether_it_is_wanted_is_an_error()
    {
        var zip = await archives.PythonAsync(ZipWithUnicodePath + "make('r.txt', False, True)");
        Assert.Equal(["r.txt"], Unpacking.Unpack(zip).Keys);
        Assert.Contains(
            "at or behind the member 'r.txt' (archive byte",
            Unpacking.Fails(zip, settings: Unpacking.Settings(("INCLUDE", "日本*"))).Message, StringComparison.Ordinal);
    }
}
