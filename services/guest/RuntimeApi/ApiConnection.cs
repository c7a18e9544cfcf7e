using Glue.Guest.Native;

namespace Glue.Guest.RuntimeApi;

/// <summary>One keep-alive connection of the runtime to the Runtime API.</summary>
internal sealed class ApiConnection(int index)
{
    public enum Stage : byte
    {
        /// <summary>Waiting for a request's head.</summary>
        Head,

        /// <summary>Reading the body of <see cref="Operation"/>.</summary>
        Body,

        /// <summary>Polling <c>next</c>; the answer comes with an event.</summary>
        Parked,
    }

    public const int MaxErrorType = 256;

    public int Index { get; } = index;

    /// <summary>-1: the slot is free.</summary>
    public int Fd { get; set; } = -1;

    public Stage State { get; set; }

    public NativeBuffer Input { get; } = new(16 * 1024);

    public NativeBuffer Output { get; } = new(4 * 1024);

    public uint Interest { get; set; }

    /// <summary>The body is thrown away and this is the answer; null: it is taken.</summary>
    public Refusal? Refusal { get; set; }

    public Operation Operation { get; set; }

    public bool KeepAlive { get; set; }

    public bool IsChunked { get; set; }

    public ChunkedBody Chunks;

    /// <summary>Of a body with a known length.</summary>
    public long BodyLeft { get; set; }

    /// <summary>Body bytes taken so far.</summary>
    public long BodyTaken { get; set; }

    public byte[] ErrorType { get; } = new byte[MaxErrorType];

    public int ErrorTypeLength { get; set; }

    public void Reset()
    {
        Fd = -1;
        State = Stage.Head;
        Interest = 0;
        Refusal = null;
        Input.Release();
        Output.Release();
    }
}
