using System.Security.Cryptography;

namespace Glue.Functions.Objects.Staging;

/// <summary>A staged object's SHA-256. Whoever stages the object computes it, beside the caller's work; it is known once the object is published.</summary>
public sealed class StagedDigest
{
    private IncrementalHash? _running;
    private string? _hex;

    /// <summary>64 hexadecimal digits.</summary>
    /// <exception cref="InvalidOperationException">The object is not published yet.</exception>
    public string Hex => _hex ?? throw new InvalidOperationException("The object is not published yet.");

    /// <summary>The object's next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => (_running ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256)).AppendData(bytes);

    /// <summary>That was all.</summary>
    public void Finish()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (_running is null)
        {
            SHA256.HashData([], hash);
        }
        else
        {
            _running.GetHashAndReset(hash);
            _running.Dispose();
        }

        _hex = Convert.ToHexStringLower(hash);
    }
}
