using System.Security.Cryptography;
using Glue.Foundation.Checksums;

namespace Glue.ObjectStore.Bodies;

/// <summary>What a body's ETag is made of. Both have 16 bytes.</summary>
internal enum BodyDigest
{
    /// <summary>S3's.</summary>
    Md5,

    /// <summary>Of parts whose sender asked for it (<see cref="Multipart.PartETag"/>).</summary>
    Xxh128,
}

/// <summary>Computes a <see cref="BodyDigest"/> over a body that passes by.</summary>
internal sealed class RunningDigest : IDisposable
{
    private readonly IncrementalHash? _md5;
    private readonly XxHash128? _xxh128;

    public RunningDigest(BodyDigest digest)
    {
        if (digest == BodyDigest.Xxh128)
        {
            _xxh128 = new XxHash128();
            return;
        }

        // Content-MD5 and S3's ETag are MD5 by definition; they find transmission errors, not forgers.
#pragma warning disable CA5351
        _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _md5?.AppendData(bytes);
        _xxh128?.Append(bytes);
    }

    /// <summary>The digest; begins anew.</summary>
    public byte[] Finish() => _xxh128?.Finish() ?? _md5!.GetHashAndReset();

    public void Dispose()
    {
        _md5?.Dispose();
        _xxh128?.Dispose();
    }
}
