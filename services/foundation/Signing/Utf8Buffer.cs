using System.Text;

namespace Glue.Foundation.Signing;

/// <summary>A growing run of bytes, kept per thread between uses: canonicalising a request allocates nothing.</summary>
internal sealed class Utf8Buffer : IDisposable
{
    private const int KeptBytes = 64 * 1024;

    [ThreadStatic]
    private static Utf8Buffer? _spares;

    private byte[] _bytes = new byte[2048];
    private Utf8Buffer? _nextSpare;

    private Utf8Buffer()
    {
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Takes one of this thread's spares, or a new one. Dispose on the same thread, before any await.</summary>
    public static Utf8Buffer Rent()
    {
        if (_spares is not { } buffer)
        {
            return new Utf8Buffer();
        }

        _spares = buffer._nextSpare;
        buffer._nextSpare = null;
        return buffer;
    }

    public void Append(byte value) => Take(1)[0] = value;

    public void Append(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    public void Append(ReadOnlySpan<char> value)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(value.Length));
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
    }

    public void AppendHex(ReadOnlySpan<byte> value) => Convert.TryToHexStringLower(value, Take(value.Length * 2), out _);

    public override string ToString() => Encoding.UTF8.GetString(Written);

    public void Dispose()
    {
        if (_bytes.Length <= KeptBytes)
        {
            Length = 0;
            _nextSpare = _spares;
            _spares = this;
        }
    }

    private Span<byte> Take(int count)
    {
        Reserve(count);
        var taken = _bytes.AsSpan(Length, count);
        Length += count;
        return taken;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }
    }
}
