using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Glue.Foundation.Checksums;

/// <summary>Computes one checksum over a body that passes by.</summary>
public sealed class RunningChecksum : IDisposable
{
    private readonly IncrementalHash? _hash;
    private readonly Crc? _crc;
    private ulong _state;

    public RunningChecksum(ChecksumAlgorithm algorithm)
    {
        Algorithm = algorithm;
        _crc = algorithm.Crc();
        _hash = algorithm switch
        {
            // S3 offers SHA-1 as a checksum against transmission errors; nothing relies on it being hard to forge.
#pragma warning disable CA5350
            ChecksumAlgorithm.Sha1 => IncrementalHash.CreateHash(HashAlgorithmName.SHA1),
#pragma warning restore CA5350
            ChecksumAlgorithm.Sha256 => IncrementalHash.CreateHash(HashAlgorithmName.SHA256),
            _ => null,
        };
    }

    public ChecksumAlgorithm Algorithm { get; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_crc is not null)
        {
            _state = _crc.Append(_state, bytes);
        }
        else
        {
            _hash!.AppendData(bytes);
        }
    }

    /// <summary>The checksum in base64, as S3's headers carry it; begins anew.</summary>
    public string Finish()
    {
        var value = _crc is null ? _hash!.GetHashAndReset() : Bytes(_crc, _state);
        _state = 0;
        return Convert.ToBase64String(value);
    }

    public void Dispose() => _hash?.Dispose();

    /// <summary>A CRC's big-endian bytes, as S3 encodes them.</summary>
    public static byte[] Bytes(Crc crc, ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes[(8 - (crc.Bits / 8))..];
    }
}
