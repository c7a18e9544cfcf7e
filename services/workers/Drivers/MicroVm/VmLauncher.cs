using System.Security.Cryptography;
using System.Text;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.MicroVm.Snapshots;
using Glue.Workers.Drivers.MicroVm.Waiting;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>Starts VMMs of this worker's image with this worker's accelerator, each under a user of its own.</summary>
/// <param name="parts">What they boot.</param>
/// <param name="accelerator">What runs their instructions.</param>
/// <param name="tscKhz">See <see cref="TimeStampCounter"/>.</param>
/// <param name="options">Limits.</param>
/// <param name="jail">What they may do.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Of the driver.</param>
internal sealed class VmLauncher(
    GuestParts parts, Accelerator accelerator, long tscKhz, MicroVmOptions options, VmJail jail, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Spawner _spawner = new();
    private readonly TimeSpan _bootTimeout = accelerator == Accelerator.Kvm ? options.KvmBootTimeout : options.EmulatedBootTimeout;
    private readonly long _tscKhz = tscKhz;

    public Accelerator Accelerator { get; } = accelerator;

    public GuestParts Parts { get; } = parts;

    public VmJail Jail { get; } = jail;

    public MicroVmOptions Options { get; } = options;

    /// <summary>The machine of a function of that memory size, with the function's drives: always as many, so that one base snapshot serves all.</summary>
    public VmmSpec Describe(int functionMemoryMiB, FunctionDrives function, SafeFileHandle scratch) => new()
    {
        Accelerator = Accelerator,
        MemoryMiB = functionMemoryMiB + Options.GuestOverheadMiB,
        Processors = ProcessorsFor(functionMemoryMiB),
        HasConsole = Options.HasConsole,
        Kernel = Parts.Kernel,
        Initramfs = Parts.Initramfs,
        Drives =
        [
            new VmmDrive(Parts.Root, IsReadOnly: true), new VmmDrive(function.Code, IsReadOnly: true), new VmmDrive(scratch, IsReadOnly: false),
            new VmmDrive(function.Interpreter ?? Parts.NoInterpreter, IsReadOnly: true),
        ],
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
            Vmm? vmm = null;
            using var limit = new CancellationTokenSource(_bootTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                vmm = await SpawnAsync(spec);
                await vmm.OpenMonitorAsync(either.Token);
                await AgentGreeting.ReceiveAsync(vmm, either.Token);
                return vmm;
            }
            catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                Log.BootHung(logger, sandbox, attempt, _bootTimeout.TotalSeconds);
                var said = vmm!.Log();
                await vmm.DisposeAsync();
                if (attempt == Options.BootAttempts)
                {
                    throw new VmmException($"No sign of life within {_bootTimeout.TotalSeconds:0.#} s, {attempt} times. {said}", e);
                }
            }
            catch
            {
                await (vmm?.DisposeAsync() ?? ValueTask.CompletedTask);
                throw;
            }
        }
    }

    /// <summary>Starts a guest from a snapshot, and tells it what time it is.</summary>
    /// <exception cref="VmmException">The snapshot does not fit, or the VMM failed.</exception>
    public async Task<Vmm> RestoreAsync(VmmSpec spec, Snapshot snapshot, CancellationToken cancellationToken) =>
        await LoadAsync(await WaitForStateAsync(spec, snapshot.Memory, isShared: false, cancellationToken), snapshot, cancellationToken);

    /// <summary>The same, with the snapshot's memory copied to where the guest shall write.</summary>
    public async Task<Vmm> RestoreSharedAsync(VmmSpec spec, Snapshot snapshot, SafeFileHandle memory, CancellationToken cancellationToken) =>
        await LoadAsync(await WaitForStateAsync(spec, memory, isShared: true, cancellationToken), snapshot, cancellationToken);

    /// <summary>The first half of a restore: a VMM that has the snapshot's memory, and waits for its state.</summary>
    /// <exception cref="VmmException">The VMM failed.</exception>
    public Task<Vmm> WaitForStateAsync(VmmSpec spec, Snapshot snapshot, CancellationToken cancellationToken) =>
        WaitForStateAsync(spec, snapshot.Memory, isShared: false, cancellationToken);

    /// <summary>The second half: loads the state into a VMM that waits for it, lets the guest run, and tells it what time it is. Ends the VMM when that fails.</summary>
    /// <exception cref="VmmException">The snapshot does not fit, or the VMM failed.</exception>
    public Task<Vmm> LoadAsync(Vmm vmm, Snapshot snapshot, CancellationToken cancellationToken) => LimitedAsync(vmm, async limited =>
    {
        using var state = snapshot.OpenState();
        await vmm.LoadAsync(state, limited);
        await AwakenAsync(vmm, limited);
    }, cancellationToken);

    /// <summary>The same with a VMM that has waited for a while. False: it could not, and is gone.</summary>
    public async Task<bool> TryLoadAsync(WaitingVmm waiting, Snapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            await LoadAsync(waiting.Vmm, snapshot, cancellationToken);
            return true;
        }
        catch (VmmException)
        {
            waiting.Scratch.Dispose();
            return false;
        }
    }

    private async Task<Vmm> WaitForStateAsync(VmmSpec spec, SafeFileHandle memory, bool isShared, CancellationToken cancellationToken)
    {
        var vmm = await SpawnAsync(spec with { Memory = memory, IsMemoryShared = isShared, IsIncoming = true });
        WorkersTracing.Reached("vmm spawned");
        return await LimitedAsync(vmm, async limited =>
        {
            await vmm.OpenMonitorAsync(limited);
            await vmm.IgnoreSharedMemoryAsync(limited);
            WorkersTracing.Reached("monitor answers");
        }, cancellationToken);
    }

    /// <summary>Asks a VMM for something that it does at once if it is well, and ends it otherwise.</summary>
    private async Task<Vmm> LimitedAsync(Vmm vmm, Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Options.VmmTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await ask(either.Token);
            return vmm;
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await vmm.DisposeAsync();
            throw new VmmException($"QEMU did not answer within {Options.VmmTimeout.TotalSeconds:0.#} s.", e);
        }
        catch
        {
            await vmm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells the guest the time and gives it randomness of its own, before anything of a function runs in it; it answers with Hello.</summary>
    public Task AwakenAsync(Vmm vmm, CancellationToken cancellationToken) => AgentGreeting.SendResumeAsync(vmm, time, cancellationToken);

    /// <summary>Starts a VMM's process, which has not been seen to work when this returns.</summary>
    /// <exception cref="VmmException">It cannot be started.</exception>
    private async Task<Vmm> SpawnAsync(VmmSpec spec)
    {
        try
        {
            return await Vmm.StartAsync(_spawner, spec, Jail.Open(spec), _tscKhz);
        }
        catch (IOException e)
        {
            throw new VmmException(e.Message, e);
        }
    }

    /// <summary>Ends with it every VMM it started.</summary>
    public void Dispose() => _spawner.Dispose();

    /// <summary>Lambda gives 1769 MB one processor's worth; below that a share of one (the cgroup's work), above it more.</summary>
    private static int ProcessorsFor(int memoryMiB) => Math.Clamp((memoryMiB + 1768) / 1769, 1, Environment.ProcessorCount);
}
