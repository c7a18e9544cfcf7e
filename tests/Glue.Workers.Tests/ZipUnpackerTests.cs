using System.IO.Compression;
using System.Text;
using Glue.Workers.Code;

namespace Glue.Workers.Tests;

public sealed class ZipUnpackerTests : IDisposable
{
    private const int Link = 0xA1FF;
    private const int File = 0x81A4;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    public async Task A_name_that_leads_out_is_refused(string name)
    {
        var refusal = await Assert.ThrowsAsync<InvalidCodeException>(() => UnpackAsync((name, "x", File)));
        Assert.Contains("leads out of the code", refusal.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(_folder["evil"]));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../etc/passwd")]
    [InlineData("sub/../../..")]
    public async Task A_link_that_leads_out_is_refused(string target) =>
        await Assert.ThrowsAsync<InvalidCodeException>(() => UnpackAsync(("sub/file", "x", File), ("link", target, Link)));

    [Fact]
    public async Task Links_cannot_be_chained_to_climb_out()
    {
        await Assert.ThrowsAsync<InvalidCodeException>(() => UnpackAsync(("p/q/file", "x", File), ("p/q/up", "../..", Link), ("p/q/out", "up/../../x", Link)));
    }

    [Fact]
    public async Task Nothing_is_written_behind_a_link()
    {
        await Assert.ThrowsAsync<InvalidCodeException>(() => UnpackAsync(("d/file", "x", File), ("link", "d", Link), ("link/inner", "file", Link)));
    }

    [Fact]
    public async Task Links_inside_the_code_and_execute_bits_are_kept()
    {
        await UnpackAsync(("lib/real.so", "x", File), ("lib/alias.so", "real.so", Link), ("bin/tool", "x", 0x81ED));

        Assert.Equal("real.so", new FileInfo(_folder["code/lib/alias.so"]).LinkTarget);
        Assert.Equal((UnixFileMode)0b111_101_101, System.IO.File.GetUnixFileMode(_folder["code/bin/tool"]));
        Assert.Equal((UnixFileMode)0b110_100_100, System.IO.File.GetUnixFileMode(_folder["code/lib/real.so"]));
    }

    [Fact]
    public async Task A_bomb_is_refused_while_it_unpacks()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var body = zip.CreateEntry("bomb", CompressionLevel.Fastest).Open();
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 251; i++)
            {
                body.Write(zeros);
            }
        }

        stream.Position = 0;
        var refusal = await Assert.ThrowsAsync<InvalidCodeException>(() => ZipUnpacker.UnpackAsync(stream, _folder["code"], ZipUnpacker.MaxBytes, CancellationToken.None));
        Assert.Equal("The code with its layers is larger than 250 MiB when unpacked.", refusal.Message);
    }

    private async Task UnpackAsync(params (string Name, string Content, int Mode)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content, mode) in entries)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = mode << 16;
                using var body = entry.Open();
                body.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        stream.Position = 0;
        await ZipUnpacker.UnpackAsync(stream, _folder["code"], ZipUnpacker.MaxBytes, CancellationToken.None);
    }
}
