using System.IO.Compression;
using System.Text;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Tests.Functions;

public sealed class DeploymentZipTests
{
    private const int Link = 0xA1FF << 16;

    [Fact]
    public void An_ordinary_zip_with_folders_and_inner_links_is_good() => DeploymentZip.Check(Make(
        ("bootstrap", "#!/bin/sh", 0), ("lib/", "", 0), ("lib/libz.so.1.2", "x", 0), ("lib/libz.so", "libz.so.1.2", Link),
        ("bin/tool", "../lib/libz.so", Link)));

    [Fact]
    public void Bytes_that_are_no_zip_are_refused_in_awss_words() =>
        Assert.Contains("Could not unzip uploaded file", Refused("this is not a zip"u8.ToArray()), StringComparison.Ordinal);

    [Fact]
    public void A_zip_that_is_cut_short_is_refused()
    {
        var whole = Make(("a", new string('x', 5000), 0), ("b", new string('y', 5000), 0));
        for (var length = 0; length < whole.Length; length += 7)
        {
            Refused(whole[..length]);
        }
    }

    [Fact]
    public void A_zip_with_any_byte_damaged_is_refused_or_still_readable_and_never_breaks_the_checker()
    {
        var whole = Make(("dir/file", "some content that is long enough to be compressed, compressed, compressed", 0));
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0xFF;
            try
            {
                DeploymentZip.Check(damaged);
            }
            catch (BadCodeException)
            {
                // The one exception it may throw.
            }
        }
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("a/..")]
    [InlineData("a\\b")]
    public void A_name_that_could_land_outside_is_refused(string name) => Refused(Make((name, "x", 0)));

    [Theory]
    [InlineData("link", "/etc/passwd")]
    [InlineData("link", "..")]
    [InlineData("a/link", "../../outside")]
    [InlineData("a/b/link", "../x/../../../outside")]
    [InlineData("a/b/link", "x/..")] // x may itself be a link
    [InlineData("link", "")]
    public void A_link_that_could_lead_outside_is_refused(string name, string target) => Refused(Make((name, target, Link)));

    [Fact]
    public void A_file_behind_a_link_is_refused() => Refused(Make(("there", "sub", Link), ("there/file", "x", 0)));

    [Fact]
    public void A_name_twice_once_as_a_link_is_refused() => Refused(Make(("x", "sub", Link), ("x", "content", 0)));

    [Fact]
    public void A_name_twice_is_refused_and_a_folder_twice_is_not()
    {
        Assert.Contains("twice", Refused(Make(("x", "1", 0), ("x", "2", 0))), StringComparison.Ordinal);
        Assert.Contains("twice", Refused(Make(("x", "1", 0), ("./x", "2", 0))), StringComparison.Ordinal);
        Assert.Contains("twice", Refused(Make(("x", "1", 0), ("x/", "", 0))), StringComparison.Ordinal);
        DeploymentZip.Check(Make(("x/", "", 0), ("x/", "", 0), ("x/y", "1", 0)));
    }

    [Fact]
    public void A_file_that_is_also_a_folder_is_refused() =>
        Assert.Contains("no folder", Refused(Make(("a", "1", 0), ("a/b", "2", 0))), StringComparison.Ordinal);

    [Fact]
    public void Paths_that_no_file_system_takes_are_refused()
    {
        Refused(Make((new string('n', 256), "x", 0)));
        Refused(Make((string.Concat(Enumerable.Repeat("d/", 101)) + "x", "x", 0)));
        Refused(Make((string.Join('/', Enumerable.Repeat(new string('n', 200), 6)), "x", 0)));
        DeploymentZip.Check(Make((string.Concat(Enumerable.Repeat("d/", 90)) + new string('n', 255), "x", 0)));
    }

    [Fact]
    public void An_encrypted_entry_is_refused()
    {
        var zip = Make(("x", "content", 0));
        zip[6] |= 1; // general purpose flags, bit 0, of the local header
        zip[zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + 8] |= 1; // and of the directory's
        Assert.Contains("is encrypted", Refused(zip), StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_lie_are_caught_while_unpacking_without_taking_memory()
    {
        var zip = Make(("zeros", new string('\0', 64 * 1024 * 1024), 0));
        var directory = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(directory + 24), 10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(zip);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    [Theory]
    [InlineData(0x7FFF_FFFF_FFFF_FFFF)]
    [InlineData(-1)]
    [InlineData(0)]
    public void Sizes_of_64_bits_that_lie_are_refused(long size)
    {
        // The directory's sizes say "see the zip64 field", and that one lies.
        var zip = Make(("x", "content", 0)).ToList();
        var directory = zip.ToArray().AsSpan().IndexOf("PK\u0001\u0002"u8);
        for (var i = 0; i < 4; i++)
        {
            zip[directory + 24 + i] = 0xFF;
        }

        byte[] extra = [1, 0, 8, 0, .. BitConverter.GetBytes(size)];
        zip[directory + 30] = (byte)extra.Length;
        zip.InsertRange(directory + 46 + 1, extra);
        var end = zip.ToArray().AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        zip[end + 12] += (byte)extra.Length;
        Refused([.. zip]);
    }

    [Fact]
    public void A_directory_that_promises_more_or_fewer_entries_than_it_has_is_refused()
    {
        foreach (var promised in new byte[] { 0, 1, 3, 200 })
        {
            var zip = Make(("x", "1", 0), ("y", "2", 0));
            var end = zip.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
            (zip[end + 8], zip[end + 10]) = (promised, promised);
            Refused(zip);
        }
    }

    [Fact]
    public void An_empty_zip_is_refused() => Assert.Contains("non-empty", Refused(Make()), StringComparison.Ordinal);

    [Fact]
    public void A_bomb_is_refused_by_what_it_unpacks_to()
    {
        var chunk = new string('\0', 1024 * 1024);
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            using var entry = new StreamWriter(archive.CreateEntry("zeros", CompressionLevel.Fastest).Open());
            for (var i = 0; i < 251; i++)
            {
                entry.Write(chunk);
            }
        }

        Assert.Contains("smaller than 262144000 bytes", Refused(memory.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_of_too_many_files_is_refused_before_its_entries_are_read()
    {
        // Only an end record that promises 65,535 entries: reading them would fail otherwise.
        byte[] end = [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Contains("more than 65534 files", Refused(end), StringComparison.Ordinal);
    }

    private static string Refused(byte[] zip) => Assert.Throws<BadCodeException>(() => DeploymentZip.Check(zip)).Message;

    private static byte[] Make(params (string Name, string Content, int Attributes)[] entries)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            foreach (var (name, content, attributes) in entries)
            {
                var entry = archive.CreateEntry(name);
                entry.ExternalAttributes = attributes;
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return memory.ToArray();
    }
}
