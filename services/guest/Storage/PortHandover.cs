using Glue.Contracts.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.Storage;

/// <summary>
/// The storage gateway's port in a process sandbox: made here, inside the sandbox's network, and handed over to the worker, which accepts from it
/// itself. What a function reads and writes passes neither the agent nor the channel.
/// </summary>
internal static unsafe class PortHandover
{
    /// <summary>Once, before anything of the function's runs: afterwards the sandbox has neither the port's socket nor the way to the worker.</summary>
    /// <returns>False: the worker has ended meanwhile, and nobody waits for this sandbox.</returns>
    public static bool TryRun()
    {
        var listener = Loopback.Listen(ChannelProtocol.StoragePort, ChannelProtocol.MaxStreams);
        byte anything = 0; // descriptors travel with at least one byte
        var data = new Libc.IoVector { Base = &anything, Length = 1 };
        var rights = new Libc.DescriptorMessage
        {
            Length = sizeof(nint) + (3 * sizeof(int)), Level = Libc.SOL_SOCKET, Type = Libc.SCM_RIGHTS, Descriptor = listener,
        };
        var message = new Libc.MessageHeader { Vectors = &data, VectorCount = 1, Control = &rights, ControlLength = sizeof(Libc.DescriptorMessage) };
        if (Libc.sendmsg(ChannelProtocol.HandoverDescriptor, &message, 0) < 0)
        {
            return Libc.Errno == Libc.EPIPE ? false : throw new SystemCallException("sendmsg", Libc.Errno);
        }

        Libc.close(ChannelProtocol.HandoverDescriptor);
        Libc.close(listener);
        return true;
    }
}
