using System.Net.Sockets;
using System.Text;
using Glue.Workers.Drivers.MicroVm.Native;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>One running VMM: its process, its monitor, and the worker's end of the agent's channel.</summary>
internal sealed class Vmm : IAsyncDisposable
{
    private readonly SafeFileHandle _log;
    private readonly ChildProcess _process;
    private readonly QmpClient _monitor;
    private readonly VmCell _cell;
    private bool _hasEnded;

    private Vmm(ChildProcess process, QmpClient monitor, Socket channel, SafeFileHandle log, VmCell cell)
    {
        _cell = cell;
        _process = process;
        _monitor = monitor;
        _log = log;
        Channel = channel;
    }

    public int ProcessId => _process.Id;

    /// <summary>The agent's frames. Ends when the VMM does.</summary>
    public Socket Channel { get; }

    /// <summary>Ends with the VMM; the result is why the guest stopped, if it said so.</summary>
    public Task<string?> Exited => _monitor.Closed;

    /// <summary>Starts the process; it has not been seen to work when this returns.</summary>
    /// <param name="spawner">Starts it.</param>
    /// <param name="spec">The machine.</param>
    /// <param name="cell">What the process may do; closed with it, also when it cannot be started.</param>
    /// <param name="tscKhz">See <see cref="TimeStampCounter"/>.</param>
    public static async Task<Vmm> StartAsync(Spawner spawner, VmmSpec spec, VmCell cell, long tscKhz)
    {
        var (channel, channelTheirs) = Descriptor.SocketPair();
        var (monitor, monitorTheirs) = Descriptor.SocketPair();
        var log = Descriptor.Memory("vmm-log", 0);
        using var nothing = Descriptor.Open("/dev/null", Posix.O_RDWR);
        using (channelTheirs)
        using (monitorTheirs)
        {
            try
            {
                SafeFileHandle[] descriptors =
                [
                    nothing, log, log, channelTheirs, monitorTheirs, spec.Kernel, spec.Initramfs,
                    spec.Memory ?? nothing, .. spec.Drives.Select(drive => drive.Image),
                ];
                var pid = await spawner.StartAsync([.. cell.WayIn, .. QemuCommand.Arguments(spec, tscKhz)], descriptors);
                return new Vmm(new ChildProcess(pid), new QmpClient(monitor), channel, log, cell);
            }
            catch
            {
                channel.Dispose();
                monitor.Dispose();
                log.Dispose();
                await cell.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Waits until the monitor answers.</summary>
    /// <exception cref="VmmException">It ended instead; the message holds what it said.</exception>
    public async Task OpenMonitorAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _monitor.OpenAsync(cancellationToken);
        }
        catch (VmmException e)
        {
            throw new VmmException($"QEMU did not start: {Log()}", e);
        }
    }

    /// <summary>Freezes the guest: it costs no processor time until <see cref="ContinueAsync"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync("""{"execute":"stop"}""", cancellationToken);

    public Task ContinueAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync("""{"execute":"cont"}""", cancellationToken);

    /// <summary>Freezes the guest and writes the state of its processor and devices; its memory already is where it belongs.</summary>
    public async Task SaveAsync(SafeFileHandle state, CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken);
        await IgnoreSharedMemoryAsync(cancellationToken);
        await _monitor.ExecuteAsync("""{"execute":"getfd","arguments":{"fdname":"state"}}""", state, cancellationToken);
        await _monitor.ExecuteAsync("""{"execute":"migrate","arguments":{"uri":"fd:state"}}""", cancellationToken);
        await MigratedAsync(cancellationToken);
    }

    /// <summary>Loads a saved state, memory excepted (<see cref="IgnoreSharedMemoryAsync"/>), and lets the guest run on.</summary>
    public async Task LoadAsync(SafeFileHandle state, CancellationToken cancellationToken)
    {
        await _monitor.ExecuteAsync("""{"execute":"getfd","arguments":{"fdname":"state"}}""", state, cancellationToken);
        await _monitor.ExecuteAsync("""{"execute":"migrate-incoming","arguments":{"uri":"fd:state"}}""", cancellationToken);
        await MigratedAsync(cancellationToken);
        WorkersTracing.Reached("state loaded");
        await ContinueAsync(cancellationToken);
        WorkersTracing.Reached("running");
    }

    /// <summary>Ends the process at once; what was open to it ends with it.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Why the guest stopped by itself, in words; null when it did not, or did not say.</summary>
    public string? ReasonOfEnd() => _cell.WasOutOfMemory() ? "The VMM took more memory than it may." : !Exited.IsCompletedSuccessfully ? null : Exited.Result switch
    {
        null or "host-qmp-quit" or "host-signal" => null,
        "guest-reset" or "guest-panic" => "The guest's kernel panicked.",
        "guest-shutdown" => "The agent ended.",
        var other => $"The guest stopped: {other}.",
    };

    /// <summary>The last of what the VMM printed.</summary>
    public string Log()
    {
        var length = RandomAccess.GetLength(_log);
        var tail = new byte[Math.Min(length, 2048)];
        var count = RandomAccess.Read(_log, tail, length - tail.Length);
        return Encoding.UTF8.GetString(tail, 0, count).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _hasEnded, true))
        {
            return;
        }

        await _process.EndAsync();
        Channel.Dispose();
        await _monitor.DisposeAsync();
        _log.Dispose();
        await _cell.DisposeAsync();
    }

    /// <summary>Memory stays in its descriptor, which both sides map, instead of being copied through the state.</summary>
    public Task IgnoreSharedMemoryAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync(
        """{"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"x-ignore-shared","state":true}]}}""", cancellationToken);

    private async Task MigratedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await _monitor.ExecuteAsync("""{"execute":"query-migrate"}""", cancellationToken);
            switch (answer.TryGetProperty("status", out var status) ? status.GetString() : null)
            {
                case "completed":
                    return;
                case "failed" or "cancelled":
                    throw new VmmException($"QEMU could not save or load its state: {Log()}");
            }
        }
    }
}
