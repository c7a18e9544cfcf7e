using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Glue.Foundation.Checksums;

/// <summary>
/// XXH128 (XXH3's 128 bits, seed 0) of bytes that pass by: as good as MD5 at telling bytes apart that differ by accident, at twenty times its speed
/// (17 against 0.8 GB/s here). Who wants can make two inputs of one value, as with MD5. By the distribution's libxxhash; one thread at a time.
/// </summary>
public sealed partial class XxHash128 : IDisposable
{
    public const int Bytes = 16;

    private const string Library = "libxxhash.so.0";

    private readonly State _state;

    /// <exception cref="DllNotFoundException">libxxhash is not installed.</exception>
    public XxHash128()
    {
        try
        {
            _state = CreateState();
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException($"{Library} was not found. Install the distribution's package libxxhash0.", e);
        }

        Check(_state.IsInvalid ? -1 : Reset(_state));
    }

    public void Append(ReadOnlySpan<byte> bytes) => Check(Update(_state, bytes, (nuint)bytes.Length));

    /// <summary>The hash in its canonical form, big-endian; begins anew.</summary>
    public byte[] Finish()
    {
        var (low, high) = Digest(_state);
        Check(Reset(_state));
        var value = new byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(value, high);
        BinaryPrimitives.WriteUInt64BigEndian(value.AsSpan(sizeof(ulong)), low);
        return value;
    }

    public void Dispose() => _state.Dispose();

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException("libxxhash has no memory for its state."); // its only error
        }
    }

    [LibraryImport(Library, EntryPoint = "XXH3_createState")]
    private static partial State CreateState();

    [LibraryImport(Library, EntryPoint = "XXH3_freeState")]
    private static partial int FreeState(nint state);

    [LibraryImport(Library, EntryPoint = "XXH3_128bits_reset")]
    private static partial int Reset(State state);

    [LibraryImport(Library, EntryPoint = "XXH3_128bits_update")]
    private static partial int Update(State state, ReadOnlySpan<byte> bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "XXH3_128bits_digest")]
    private static partial Value Digest(State state);

    private readonly record struct Value(ulong Low, ulong High);

    private sealed class State() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => FreeState(handle) == 0;
    }
}
