using System.Net.Sockets;
using Glue.Contracts.Channel;
using Glue.Workers.Drivers.MicroVm.Qemu;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>The first words between worker and guest, before the channel belongs to the sandbox.</summary>
internal static class AgentGreeting
{
    private const int HelloBytes = FrameHeader.Size + sizeof(uint);

    /// <summary>Waits for the agent's Hello.</summary>
    /// <exception cref="VmmException">The VMM ended, or something else came.</exception>
    public static async Task ReceiveAsync(Vmm vmm, CancellationToken cancellationToken)
    {
        var frame = new byte[HelloBytes];
        var have = 0;
        while (have < HelloBytes)
        {
            int count;
            try
            {
                count = await vmm.Channel.ReceiveAsync(frame.AsMemory(have), cancellationToken);
            }
            catch (SocketException e)
            {
                throw new VmmException($"The VM ended before its agent spoke. {vmm.Log()}", e);
            }

            if (count == 0)
            {
                throw new VmmException($"The VM ended before its agent spoke. {vmm.Log()}");
            }

            have += count;
        }

        var header = FrameHeader.Read(frame);
        if (header.Type != FrameType.Hello || header.Length != sizeof(uint))
        {
            throw new VmmException($"The agent's first frame was not Hello but {header.Type}. {vmm.Log()}");
        }
    }

    /// <summary>Tells the guest the time and gives it randomness of its own; it answers with another Hello, which is the sandbox's.</summary>
    public static async Task SendResumeAsync(Vmm vmm, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await vmm.Channel.SendAsync(ResumeMessage.Frame(time.GetUtcNow(), isRestored: true), cancellationToken);
        }
        catch (SocketException e)
        {
            throw new VmmException($"The VM ended. {vmm.Log()}", e);
        }
    }
}
