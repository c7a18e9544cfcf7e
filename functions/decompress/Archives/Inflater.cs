using System.Runtime.InteropServices;

namespace Glue.Functions.Decompress.Archives;

/// <summary>ISA-L's inflating into blocks of 256 KiB. It takes half of zlib's time.</summary>
internal sealed unsafe class Inflater : IDisposable
{
    private const int BlockBytes = 256 * 1024;

    private readonly byte* _block = (byte*)NativeMemory.Alloc(BlockBytes);
    private readonly byte* _header = (byte*)NativeMemory.Alloc(IsalNative.HeaderBytes);
    private IsalNative.State* _state = (IsalNative.State*)NativeMemory.Alloc((nuint)sizeof(IsalNative.State));

    /// <summary>What was decoded since <see cref="EmptyBlock"/>.</summary>
    public ReadOnlySpan<byte> Block => new(_block, BlockBytes - (int)_state->AvailableOut);

    public bool IsBlockFull => _state->AvailableOut == 0;

    /// <summary>All is decoded, the trailer compared.</summary>
    public bool IsFinished => _state->BlockState == IsalNative.Finished;

    /// <summary>CRC-32 of what was decoded.</summary>
    public uint Checksum => _state->Checksum;

    /// <param name="wrapping">What is around the deflated data (IsalNative.GzipTrailer, …).</param>
    public void Begin(uint wrapping)
    {
        var output = _state->NextOut; // of one block several members may be
        var left = _state->AvailableOut;
        IsalNative.Initialize(_state);
        IsalNative.InitializeHeader(_header);
        _state->Wrapping = wrapping;
        _state->NextOut = output;
        _state->AvailableOut = left;
    }

    public void EmptyBlock()
    {
        _state->NextOut = _block;
        _state->AvailableOut = BlockBytes;
    }

    /// <returns>False when there is more of the header to read first.</returns>
    public bool ReadGzipHeader(SourceBuffer input)
    {
        var left = Give(input, input.Available);
        var isWhole = IsFine(IsalNative.ReadHeader(_state, _header));
        input.Take(left - (int)_state->AvailableIn);
        return isWhole;
    }

    /// <summary>Decodes until the input is used up, the block is full, or the end is there.</summary>
    /// <param name="input">What was used is taken off.</param>
    /// <param name="most">Bytes of the input that may be used.</param>
    /// <returns>Bytes of the input that were used.</returns>
    /// <exception cref="InvalidDataException">The data are broken; what was decoded before is in the block.</exception>
    public int Inflate(SourceBuffer input, long most)
    {
        var (left, room) = (Give(input, most), _state->AvailableOut);
        _ = IsFine(IsalNative.Inflate(_state));
        var used = left - (int)_state->AvailableIn;
        if (used == 0 && left > 0 && room == _state->AvailableOut && !IsFinished)
        {
            throw new InvalidDataException("the compressed data cannot be decoded"); // ISA-L would come to no end
        }

        input.Take(used);
        return used;
    }

    public void Dispose()
    {
        NativeMemory.Free(_state);
        NativeMemory.Free(_header);
        NativeMemory.Free(_block);
        _state = null;
    }

    private int Give(SourceBuffer input, long most)
    {
        var bytes = (int)Math.Min(input.Available, most);
        _state->NextIn = input.Next;
        _state->AvailableIn = (uint)bytes;
        return bytes;
    }

    private static bool IsFine(int result) => result switch
    {
        IsalNative.Ok => true,
        IsalNative.EndOfInput => false,
        IsalNative.IncorrectChecksum => throw new InvalidDataException("the gzip data do not fit their checksum or length"),
        IsalNative.InvalidWrapper or IsalNative.UnsupportedMethod => throw new InvalidDataException("the gzip header is not valid"),
        IsalNative.InvalidBlock => throw new InvalidDataException("the compressed data have an invalid block"),
        IsalNative.InvalidSymbol => throw new InvalidDataException("the compressed data have an invalid symbol"),
        IsalNative.InvalidLookback => throw new InvalidDataException("the compressed data refer to something before their beginning"),
        _ => throw new InvalidDataException($"the compressed data cannot be decoded (ISA-L's error {result})"),
    };
}
