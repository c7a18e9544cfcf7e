namespace Glue.Contracts.Channel;

/// <summary>Numbers both ends of a channel agree on.</summary>
public static class ChannelProtocol
{
    /// <summary>Sent in <see cref="FrameType.Hello"/>; a worker refuses any other.</summary>
    public const uint Version = 1;

    /// <summary>The channel's file descriptor in a process sandbox.</summary>
    public const int FileDescriptor = 3;

    /// <summary>
    /// In a process sandbox, the agent's end of a socket pair of its own: before its <see cref="FrameType.Hello"/> it sends the listening socket of
    /// <see cref="StoragePort"/> there (SCM_RIGHTS, unix(7)) and closes both. A microVM has none: no descriptor leaves it.
    /// </summary>
    public const int HandoverDescriptor = 4;

    /// <summary>Loopback port of the Runtime API in every sandbox.</summary>
    public const int RuntimeApiPort = 9001;

    /// <summary>Loopback port of the storage gateway in every sandbox. Connections to it are streams of a microVM's channel; a process sandbox's worker accepts them itself.</summary>
    public const int StoragePort = 9000;

    /// <summary>Upper bound of one frame's payload. A larger length is a broken or hostile peer.</summary>
    public const int MaxPayload = 64 * 1024;

    /// <summary>Upper bound of one stream or log frame, so that a control frame never waits behind more than this.</summary>
    public const int MaxStreamData = 16 * 1024;

    /// <summary>Bytes a side may send on a new stream before the first <see cref="FrameType.StreamCredit"/>, and on a streamed answer before the first <see cref="FrameType.ResponseCredit"/>.</summary>
    public const int InitialCredit = 128 * 1024;

    /// <summary>Connections to the storage port of one sandbox open at once; further ones wait in the listen queue.</summary>
    public const int MaxStreams = 256;

    /// <summary>Lambda's limit of a synchronous event: 6 MiB.</summary>
    public const int MaxEventBytes = 6 * 1024 * 1024;

    /// <summary>Lambda's limit of an answer: 6 MiB and 100 bytes (error message of Function.ResponseSizeTooLarge, read 2026-11).</summary>
    public const int MaxResultBytes = MaxEventBytes + 100;

    /// <summary>Lambda's limit of a streamed answer: 200 MiB, 20 MiB until July 2025 (Lambda quotas, read 2026-11).</summary>
    public const int MaxStreamedBytes = 200 * 1024 * 1024;

    /// <summary>What is kept of a streamed answer's content type.</summary>
    public const int MaxContentType = 256;
}
