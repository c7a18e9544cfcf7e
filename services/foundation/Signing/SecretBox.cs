using System.Security.Cryptography;
using System.Text;
using Glue.Foundation.Files;

namespace Glue.Foundation.Signing;

/// <summary>
/// Seals secrets that SigV4 and webhooks need in the clear (so hashing them is no way): AES-256-GCM under a key of its own file, mode 0600,
/// made at the first start. A copy of state.db alone, in a backup or a report of a fault, gives nobody a key.
/// </summary>
public sealed class SecretBox
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;
    private readonly string _path;

    /// <param name="path">The key file; made when missing.</param>
    /// <exception cref="InvalidDataException">It is no key file.</exception>
    public SecretBox(string path)
    {
        _path = path;
        _key = File.Exists(path) ? File.ReadAllBytes(path) : Make(path);
        if (_key.Length != KeyBytes)
        {
            throw Unfit();
        }
    }

    /// <param name="secret">What to keep.</param>
    /// <param name="owner">Whose it is: it opens for nobody else, so rows cannot be swapped.</param>
    public byte[] Seal(string secret, string owner)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(owner);
        var plain = Encoding.UTF8.GetBytes(secret);
        var box = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(NonceOf(box));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(NonceOf(box), plain, SealedOf(box), TagOf(box), Encoding.UTF8.GetBytes(owner));
        return box;
    }

    /// <exception cref="InvalidDataException">The key file is not the one it was sealed under.</exception>
    public string Open(byte[] box, string owner)
    {
        ArgumentNullException.ThrowIfNull(box);
        ArgumentNullException.ThrowIfNull(owner);
        var plain = new byte[SealedOf(box).Length];
        try
        {
            using var aes = new AesGcm(_key, TagBytes);
            aes.Decrypt(NonceOf(box), SealedOf(box), TagOf(box), plain, Encoding.UTF8.GetBytes(owner));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Unfit();
        }

        return Encoding.UTF8.GetString(plain);
    }

    private static Span<byte> NonceOf(byte[] box) => box.AsSpan(0, NonceBytes);

    private static Span<byte> TagOf(byte[] box) => box.AsSpan(NonceBytes, TagBytes);

    private static Span<byte> SealedOf(byte[] box) => box.AsSpan(NonceBytes + TagBytes);

    private static byte[] Make(string path)
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
        Folder.Sync(folder);
        return key;
    }

    private InvalidDataException Unfit() => new(
        $"{_path} is not the key file that the secrets in state.db were sealed under. Restore both from the same backup.");
}
