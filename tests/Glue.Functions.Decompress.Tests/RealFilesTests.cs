using System.Security.Cryptography;

namespace Glue.Functions.Decompress.Tests;

/// <summary>Archives that the distribution ships, beside what its own tools make of them.</summary>
public sealed class RealFilesTests
{
    [Theory]
    [InlineData("/usr/src/xtables-addons.tar.bz2")] // package xtables-addons-source
    [InlineData("/usr/share/python-wheels/pip-*.whl")] // package python3-pip-whl: a zip
    public async Task A_file_of_the_distribution_gives_the_members_that_bsdtar_gives(string pattern)
    {
        var archive = Directory.GetFiles(Path.GetDirectoryName(pattern)!, Path.GetFileName(pattern)).Single();
        Assert.Equal(await BsdtarAsync(archive), Digests(Unpacking.Unpack(await File.ReadAllBytesAsync(archive), Path.GetFileName(archive))));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("xz")]
    [InlineData("zstd")]
    public async Task A_deb_unpacks_in_two_steps_to_what_dpkg_installs(string compression)
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc",
            $"""
            mkdir -p p/DEBIAN
            printf 'Package: again\nVersion: 1\nArchitecture: all\nMaintainer: a test\nDescription: zip, once more\n' > p/DEBIAN/control
            dpkg -L zip | while read -r f; do if [ -f "$f" ] && [ ! -L "$f" ]; then install -D "$f" "p$f"; fi; done
            dpkg-deb -Z{compression} --build p again.deb
            """], folder: folder.Path)).Expect();
        var parts = Unpacking.Unpack(await File.ReadAllBytesAsync(folder["again.deb"]), "again.deb");
        Assert.Equal("2.0\n"u8.ToArray(), parts["debian-binary"]);
        var data = parts.Single(static part => part.Key.StartsWith("data.tar", StringComparison.Ordinal));
        var members = Unpacking.Unpack(data.Value, data.Key);
        Assert.Contains("usr/bin/zip", members.Keys);
        Assert.All(members, static member => Assert.Equal(File.ReadAllBytes("/" + member.Key), member.Value));
    }

    private static SortedDictionary<string, string> Digests(Dictionary<string, byte[]> members) =>
        new(members.ToDictionary(static member => member.Key, static member => Convert.ToHexString(SHA256.HashData(member.Value))), StringComparer.Ordinal);

    private static async Task<SortedDictionary<string, string>> BsdtarAsync(string archive)
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/usr/bin/bsdtar", ["-xf", archive], folder: folder.Path)).Expect();
        return Digests(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder.Path, file), File.ReadAllBytes));
    }
}
