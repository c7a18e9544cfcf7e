using System.Runtime.InteropServices;
using Glue.Contracts.Channel;

namespace Glue.Workers.Drivers.Process;

/// <summary>What .NET's Process class cannot do: start a child with chosen descriptors 3 and 4, take a descriptor that another process sends, and wait for one process only.</summary>
internal static unsafe partial class Native
{
    public const int SocketStream = 1;
    public const int CloseOnExec = 0x80000;
    public const int SigKill = 9;

    private const int FamilyUnix = 1;
    private const short SetSignalDefaults = 4;
    private const short SetSignalMask = 8;
    private const int DoNotWait = 0x40;
    private const int ReceivedCloseOnExec = 0x40000000;
    private const int ControlTruncated = 8;
    private const int SocketLevel = 1;
    private const int Rights = 1;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    /// <summary>Both ends of a connected pair, closed on exec.</summary>
    /// <exception cref="IOException">No descriptors are left.</exception>
    public static (int Ours, int Theirs) SocketPair()
    {
        var pair = stackalloc int[2];
        return socketpair(FamilyUnix, SocketStream | CloseOnExec, 0, pair) == 0
            ? (pair[0], pair[1])
            : throw new IOException($"socketpair: errno {Marshal.GetLastPInvokeError()}");
    }

    public static (int Read, int Write) Pipe()
    {
        var pair = stackalloc int[2];
        return pipe2(pair, CloseOnExec) == 0
            ? (pair[0], pair[1])
            : throw new IOException($"pipe2: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Takes the one descriptor that has come with a message on a Unix socket; closed on exec.</summary>
    /// <returns>-1: no message has come, or not one with one descriptor.</returns>
    public static int ReceiveDescriptor(int socket)
    {
        byte anything;
        var data = new IoVector { Base = &anything, Length = 1 };
        var rights = default(DescriptorMessage);
        // Its control part has room for one: the kernel closes what is beyond, and says so.
        var message = new MessageHeader { Vectors = &data, VectorCount = 1, Control = &rights, ControlLength = DescriptorMessage.OneLength };
        if (recvmsg(socket, &message, DoNotWait | ReceivedCloseOnExec) <= 0 || rights is not { Length: DescriptorMessage.OneLength, Level: SocketLevel, Type: Rights })
        {
            return -1;
        }

        if ((message.Flags & ControlTruncated) == 0)
        {
            return rights.Descriptor;
        }

        _ = Close(rights.Descriptor);
        return -1;
    }

    /// <summary>
    /// Starts a program with an empty environment, <paramref name="channel"/> as descriptor 3, <paramref name="handover"/> as 4 and output going to
    /// <paramref name="complaints"/>.
    /// </summary>
    /// <remarks>
    /// dup2 clears close-on-exec on its target only, and every descriptor .NET opens has it set: the child gets these five and no other.
    /// </remarks>
    public static int Spawn(IReadOnlyList<string> command, int channel, int handover, int complaints)
    {
        // glibc's opaque structs: 80 and 336 bytes on x86-64, taken larger.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[512];
        var defaults = stackalloc ulong[16];
        new Span<ulong>(defaults, 16).Clear();
        var none = stackalloc ulong[16];
        new Span<ulong>(none, 16).Clear();
        defaults[0] = 0x7fff_ffff; // .NET ignores SIGPIPE, and a child would inherit that
        var arguments = stackalloc byte*[command.Count + 1];
        try
        {
            for (var i = 0; i < command.Count; i++)
            {
                arguments[i] = (byte*)Marshal.StringToCoTaskMemUTF8(command[i]);
            }

            arguments[command.Count] = null;
            Check(posix_spawn_file_actions_init(actions));
            fixed (byte* nothing = "/dev/null\0"u8)
            {
                Check(posix_spawn_file_actions_addopen(actions, 0, nothing, 0, 0));
            }

            // Descriptors as high as they come from .NET: none of the targets overwrites a source.
            Check(posix_spawn_file_actions_adddup2(actions, complaints, 1));
            Check(posix_spawn_file_actions_adddup2(actions, complaints, 2));
            Check(posix_spawn_file_actions_adddup2(actions, channel, ChannelProtocol.FileDescriptor));
            Check(posix_spawn_file_actions_adddup2(actions, handover, ChannelProtocol.HandoverDescriptor));
            Check(posix_spawnattr_init(attributes));
            Check(posix_spawnattr_setsigdefault(attributes, defaults));
            Check(posix_spawnattr_setsigmask(attributes, none));
            Check(posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask));
            byte* end = null;
            int pid;
            var errno = posix_spawn(&pid, arguments[0], actions, attributes, arguments, &end);
            _ = posix_spawn_file_actions_destroy(actions);
            return errno == 0 ? pid : throw new IOException($"{command[0]} could not be started: errno {errno}");
        }
        finally
        {
            for (var i = 0; i < command.Count; i++)
            {
                Marshal.FreeCoTaskMem((nint)arguments[i]);
            }
        }
    }

    private static void Check(int errno)
    {
        if (errno != 0)
        {
            throw new IOException($"posix_spawn could not be prepared: errno {errno}");
        }
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int socketpair(int domain, int type, int protocol, int* pair);
    [LibraryImport("libc")] private static partial nint recvmsg(int fd, MessageHeader* message, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int pipe2(int* pair, int flags);
    [LibraryImport("libc")] private static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_init(void* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_destroy(void* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_adddup2(void* actions, int fd, int target);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_addopen(void* actions, int fd, byte* path, int flags, int mode);
    [LibraryImport("libc")] private static partial int posix_spawnattr_init(void* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setflags(void* attributes, short flags);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    /// <summary>struct msghdr of recvmsg(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }

    /// <summary>struct cmsghdr of cmsg(3), with one descriptor.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct DescriptorMessage
    {
        public const int OneLength = 20;

        public nint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}
