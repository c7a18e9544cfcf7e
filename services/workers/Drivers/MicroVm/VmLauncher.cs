using System.Security.Cryptography;
using System.Text;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.MicroVm.Snapshots;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>Starts VMMs of this worker's image with this worker's accelerator, each under a user of its own.</summary>
internal sealed class VmLauncher(GuestParts parts, Accelerator accelerator, MicroVmOptions options, VmJail jail, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Spawner _spawner = new();
    private readonly TimeSpan _bootTimeout = accelerator == Accelerator.Kvm ? options.KvmBootTimeout : options.EmulatedBootTimeout;
    private readonly long _tscKhz = HostProcessor.TscKhz();

    public Accelerator Accelerator { get; } = accelerator;

    public GuestParts Parts { get; } = parts;

    public VmJail Jail { get; } = jail;

    public MicroVmOptions Options { get; } = options;

    /// <summary>The machine of a function of that memory size, with the function's drives.</summary>
    public VmmSpec Describe(int functionMemoryMiB, SafeFileHandle code, SafeFileHandle scratch) => new()
    {
        Accelerator = Accelerator,
        MemoryMiB = functionMemoryMiB + Options.GuestOverheadMiB,
        Processors = ProcessorsFor(functionMemoryMiB),
        HasConsole = Options.HasConsole,
        Kernel = Parts.Kernel,
        Initramfs = Parts.Initramfs,
        Drives = [new VmmDrive(Parts.Root, IsReadOnly: true), new VmmDrive(code, IsReadOnly: true), new VmmDrive(scratch, IsReadOnly: false)],
    };

    /// <summary>Names everything a snapshot depends on: the VMM, the guest's parts, the machine, the processor, and what was started in it.</summary>
    public string SnapshotKey(VmmSpec spec, string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n',
        [QemuProgram.Version, HostProcessor.Model, Parts.Image.Digest, Parts.InitramfsDigest, .. QemuCommand.Machine(spec with { Memory = Parts.Kernel }, _tscKhz), content]))));

    /// <summary>Boots a guest and returns when its agent has spoken. A boot that hangs (seen when emulated on a busy host) is ended and tried again.</summary>
    /// <param name="spec">The machine.</param>
    /// <param name="sandbox">Named in the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="VmmException">It did not come up.</exception>
    public async Task<Vmm> BootAsync(VmmSpec spec, string sandbox, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var vmm = await StartAsync(spec, cancellationToken);
            using var limit = new CancellationTokenSource(_bootTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await AgentGreeting.ReceiveAsync(vmm, either.Token);
                return vmm;
            }
            catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                Log.BootHung(logger, sandbox, attempt, _bootTimeout.TotalSeconds);
                var said = vmm.Log();
                await vmm.DisposeAsync();
                if (attempt == Options.BootAttempts)
                {
                    throw new VmmException($"No sign of life within {_bootTimeout.TotalSeconds:0.#} s, {attempt} times. {said}", e);
                }
            }
            catch
            {
                await vmm.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts a guest from a snapshot, and tells it what time it is.</summary>
    /// <exception cref="VmmException">The snapshot does not fit, or the VMM failed.</exception>
    public Task<Vmm> RestoreAsync(VmmSpec spec, Snapshot snapshot, CancellationToken cancellationToken) =>
        RestoreIntoAsync(spec with { Memory = snapshot.Memory, IsMemoryShared = false, IsIncoming = true }, snapshot, cancellationToken);

    /// <summary>The same, with the snapshot's memory copied to where the guest shall write.</summary>
    public Task<Vmm> RestoreSharedAsync(VmmSpec spec, Snapshot snapshot, SafeFileHandle memory, CancellationToken cancellationToken) =>
        RestoreIntoAsync(spec with { Memory = memory, IsMemoryShared = true, IsIncoming = true }, snapshot, cancellationToken);

    private async Task<Vmm> RestoreIntoAsync(VmmSpec spec, Snapshot snapshot, CancellationToken cancellationToken)
    {
        using var state = snapshot.OpenState();
        var vmm = await StartAsync(spec, cancellationToken);
        try
        {
            await vmm.RestoreAsync(state, cancellationToken);
            await AwakenAsync(vmm, cancellationToken);
            return vmm;
        }
        catch
        {
            await vmm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells the guest the time and gives it randomness of its own, before anything of a function runs in it; it answers with Hello.</summary>
    public Task AwakenAsync(Vmm vmm, CancellationToken cancellationToken) => AgentGreeting.SendResumeAsync(vmm, time, cancellationToken);

    /// <summary>Starts a VMM and waits until its monitor answers.</summary>
    /// <exception cref="VmmException">It ended at once; the message holds what it said.</exception>
    private async Task<Vmm> StartAsync(VmmSpec spec, CancellationToken cancellationToken)
    {
        Vmm vmm;
        try
        {
            var cell = Jail.Open(spec);
            vmm = await Vmm.StartAsync(_spawner, spec, cell, _tscKhz);
        }
        catch (IOException e)
        {
            throw new VmmException(e.Message, e);
        }

        try
        {
            await vmm.OpenMonitorAsync(cancellationToken);
            return vmm;
        }
        catch
        {
            await vmm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends with it every VMM it started.</summary>
    public void Dispose() => _spawner.Dispose();

    /// <summary>Lambda gives 1769 MB one processor's worth; below that a share of one (the cgroup's work), above it more.</summary>
    private static int ProcessorsFor(int memoryMiB) => Math.Clamp((memoryMiB + 1768) / 1769, 1, Environment.ProcessorCount);
}
