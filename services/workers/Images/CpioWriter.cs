using System.Text;

namespace Glue.Workers.Images;

/// <summary>
/// Writes the "newc" cpio archive that the kernel unpacks as its first root (Documentation/driver-api/early-userspace/buffer-format.rst).
/// Owner root, one time stamp, entries in the order given: same input, same bytes.
/// </summary>
internal sealed class CpioWriter(Stream destination)
{
    private const uint Directory = 0x4000;
    private const uint RegularFile = 0x8000;
    private const uint CharacterDevice = 0x2000;

    private uint _inode = 1;
    private long _written;

    public void AddDirectory(string path) => AddEntry(path, Directory | 0x1ED /* 0755 */, [], default);

    public void AddFile(string path, ReadOnlySpan<byte> content, bool executable) =>
        AddEntry(path, RegularFile | (executable ? 0x1EDu /* 0755 */ : 0x1A4u /* 0644 */), content, default);

    public void AddCharacterDevice(string path, uint major, uint minor) =>
        AddEntry(path, CharacterDevice | 0x180 /* 0600 */, [], (major, minor));

    /// <summary>Ends the archive.</summary>
    public void Finish() => AddEntry("TRAILER!!!", 0, [], default);

    private void AddEntry(string path, uint mode, ReadOnlySpan<byte> content, (uint Major, uint Minor) device)
    {
        var name = Encoding.UTF8.GetBytes(path + '\0');
        ReadOnlySpan<uint> fields =
        [
            _inode++, mode, 0, 0, 1, (uint)Reproducible.Epoch, (uint)content.Length, 0, 0, device.Major, device.Minor, (uint)name.Length, 0,
        ];
        var header = new StringBuilder("070701", 110);
        foreach (var field in fields)
        {
            header.Append(field.ToString("X8"));
        }

        Write(Encoding.ASCII.GetBytes(header.ToString()));
        Write(name);
        Pad();
        Write(content);
        Pad();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        destination.Write(bytes);
        _written += bytes.Length;
    }

    private void Pad()
    {
        ReadOnlySpan<byte> zeros = [0, 0, 0];
        Write(zeros[..(int)(-_written & 3)]);
    }
}
