using System.Buffers.Binary;
using System.Text;

namespace Glue.Contracts.Channel;

/// <summary>
/// Payload of <see cref="FrameType.Init"/>: the runtime process to start and its limits. The worker composes all of it, so that the
/// agent only has to start processes: fixed fields, then NUL-terminated UTF-8 strings (folder, arguments, environment) which the
/// agent hands to the kernel where they lie, then those for extensions: the answer to their registration, the account, what runs here, and the names of those to start.
/// </summary>
public readonly record struct InitMessage
{
    /// <summary>The frame's stream number: the sandbox is to become a snapshot, and has <c>restore/next</c>.</summary>
    public const int Template = 1;

    /// <summary>Bytes before the strings.</summary>
    public const int FixedSize = 40;

    /// <summary>RLIMIT_DATA in bytes; 0: not limited here (a cgroup does it, or the guest's own memory).</summary>
    public ulong DataLimitBytes { get; init; }

    /// <summary>RLIMIT_FSIZE in bytes; 0: not limited.</summary>
    public ulong FileSizeLimitBytes { get; init; }

    /// <summary>RLIMIT_NOFILE; Lambda gives 1024.</summary>
    public uint OpenFiles { get; init; }

    /// <summary>RLIMIT_NPROC, threads included; Lambda gives 1024.</summary>
    public uint Processes { get; init; }

    /// <summary>How long the runtime may take to its first poll; of a restored one, from its restore to its next poll.</summary>
    public uint InitTimeoutMs { get; init; }

    /// <summary>Anonymous memory the runtime's process may hold; the agent ends it above. 0: not watched.</summary>
    public uint MemoryLimitKiB { get; init; }

    public ushort ArgumentCount { get; init; }

    public ushort EnvironmentCount { get; init; }

    /// <summary>Executables in <c>/opt/extensions</c> that are started before the runtime.</summary>
    public ushort ExtensionCount { get; init; }

    /// <summary>What runtime and extensions may take together when the sandbox is given up, or has failed.</summary>
    public ushort ShutdownTimeoutMs { get; init; }

    /// <summary>Builds a payload.</summary>
    /// <param name="limits">The fixed fields; the counts are taken from the lists.</param>
    /// <param name="folder">Where the runtime starts.</param>
    /// <param name="arguments">Program and arguments.</param>
    /// <param name="environment">Of the runtime; the extensions' is a part of it.</param>
    /// <param name="extensions">What the extensions API needs.</param>
    /// <exception cref="ArgumentException">It exceeds <see cref="ChannelProtocol.MaxPayload"/>, or a string holds a NUL.</exception>
    public static byte[] Encode(
        InitMessage limits, string folder, IReadOnlyList<string> arguments, IReadOnlyList<KeyValuePair<string, string>> environment, ExtensionsInit extensions)
    {
        using var stream = new MemoryStream();
        stream.SetLength(FixedSize);
        stream.Position = FixedSize;
        Append(stream, folder);
        foreach (var argument in arguments)
        {
            Append(stream, argument);
        }

        foreach (var (name, value) in environment)
        {
            Append(stream, $"{name}={value}");
        }

        Append(stream, extensions.Registration);
        Append(stream, extensions.AccountId);
        Append(stream, extensions.Sandbox);
        foreach (var name in extensions.Names)
        {
            Append(stream, name);
        }

        if (stream.Length > ChannelProtocol.MaxPayload)
        {
            throw new ArgumentException($"Arguments and environment take {stream.Length} bytes; {ChannelProtocol.MaxPayload} fit into an Init frame.");
        }

        var payload = stream.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(payload, limits.DataLimitBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(8), limits.FileSizeLimitBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(16), limits.OpenFiles);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(20), limits.Processes);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(24), limits.InitTimeoutMs);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(28), limits.MemoryLimitKiB);
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(32), checked((ushort)arguments.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(34), checked((ushort)environment.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(36), checked((ushort)extensions.Names.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(38), limits.ShutdownTimeoutMs);
        return payload;
    }

    /// <summary>Reads the fixed fields; the strings follow at <see cref="FixedSize"/>.</summary>
    public static InitMessage Read(ReadOnlySpan<byte> payload) => new()
    {
        DataLimitBytes = BinaryPrimitives.ReadUInt64LittleEndian(payload),
        FileSizeLimitBytes = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]),
        OpenFiles = BinaryPrimitives.ReadUInt32LittleEndian(payload[16..]),
        Processes = BinaryPrimitives.ReadUInt32LittleEndian(payload[20..]),
        InitTimeoutMs = BinaryPrimitives.ReadUInt32LittleEndian(payload[24..]),
        MemoryLimitKiB = BinaryPrimitives.ReadUInt32LittleEndian(payload[28..]),
        ArgumentCount = BinaryPrimitives.ReadUInt16LittleEndian(payload[32..]),
        EnvironmentCount = BinaryPrimitives.ReadUInt16LittleEndian(payload[34..]),
        ExtensionCount = BinaryPrimitives.ReadUInt16LittleEndian(payload[36..]),
        ShutdownTimeoutMs = BinaryPrimitives.ReadUInt16LittleEndian(payload[38..]),
    };

    private static void Append(MemoryStream stream, string text)
    {
        if (text.Contains('\0'))
        {
            throw new ArgumentException($"'{text.Replace('\0', '?')}' holds a NUL character.");
        }

        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.WriteByte(0);
    }
}
