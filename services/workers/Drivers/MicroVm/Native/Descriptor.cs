using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Native;

/// <summary>Makes the descriptors that a VMM gets instead of paths: it can open nothing of its own, so it needs to be able to read nothing.</summary>
internal static unsafe class Descriptor
{
    /// <summary>Memory without a name, of a fixed size, that can be sealed.</summary>
    public static SafeFileHandle Memory(string name, long bytes)
    {
        var fd = Owned(Posix.memfd_create(name, Posix.MFD_CLOEXEC | Posix.MFD_ALLOW_SEALING), "memfd_create");
        return Posix.ftruncate((int)fd.DangerousGetHandle(), bytes) == 0 ? fd : throw Failure("ftruncate");
    }

    /// <summary>From now on nobody can change that memory: every VM that maps it gets private pages for what it writes.</summary>
    public static void Seal(SafeFileHandle memory)
    {
        const int All = Posix.F_SEAL_SEAL | Posix.F_SEAL_SHRINK | Posix.F_SEAL_GROW | Posix.F_SEAL_WRITE;
        if (Posix.fcntl((int)memory.DangerousGetHandle(), Posix.F_ADD_SEALS, All) != 0)
        {
            throw Failure("sealing the snapshot's memory");
        }
    }

    public static SafeFileHandle Open(string path, int flags) =>
        Owned(Posix.open(path, flags | Posix.O_CLOEXEC, 0x180 /* 0600 */), $"opening {path}");

    /// <summary>The same file with a position of its own.</summary>
    public static SafeFileHandle Reopen(SafeFileHandle file, int flags) => Open($"/proc/self/fd/{file.DangerousGetHandle()}", flags);

    /// <summary>A connected pair: a socket for us, a descriptor for the VMM.</summary>
    public static (Socket Ours, SafeFileHandle Theirs) SocketPair()
    {
        var fds = stackalloc int[2];
        if (Posix.socketpair(Posix.AF_UNIX, Posix.SOCK_STREAM | Posix.SOCK_CLOEXEC, 0, fds) != 0)
        {
            throw Failure("socketpair");
        }

        return (new Socket(new SafeSocketHandle(fds[0], ownsHandle: true)), new SafeFileHandle(fds[1], ownsHandle: true));
    }

    /// <summary>Sends bytes and, with them, a descriptor (SCM_RIGHTS).</summary>
    public static void Send(Socket socket, ReadOnlySpan<byte> bytes, SafeFileHandle descriptor)
    {
        const int SolSocket = 1, ScmRights = 1;
        fixed (byte* start = bytes)
        {
            var vector = new Posix.IoVector { Base = start, Length = bytes.Length };
            var control = new Posix.DescriptorMessage
            {
                Length = 20, // CMSG_LEN of one int
                Level = SolSocket,
                Type = ScmRights,
                Descriptor = (int)descriptor.DangerousGetHandle(),
            };
            var message = new Posix.MessageHeader
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = &control,
                ControlLength = sizeof(Posix.DescriptorMessage),
            };
            // A command of some bytes on an idle socket: taken whole or not at all.
            if (Posix.sendmsg((int)socket.Handle, &message, 0) != bytes.Length)
            {
                throw Failure("sendmsg");
            }
        }
    }

    private static SafeFileHandle Owned(int fd, string call) => fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw Failure(call);

    private static IOException Failure(string call)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call} failed: {new Win32Exception(errno).Message}");
    }
}
