using Glue.Workers.Drivers.MicroVm.Qemu;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>
/// Freezes a VM that has had nothing to do for a while, and lets it run on for its next invocation. A waiting guest still takes its
/// timer interrupts (about 3 % of a core when emulated); a frozen one takes nothing.
/// </summary>
internal sealed class IdleFreezer : IAsyncDisposable
{
    private readonly Vmm _vmm;
    private readonly TimeSpan _after;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private Task _commands = Task.CompletedTask;
    private bool _isResting;
    private bool _isFrozen;

    public IdleFreezer(Vmm vmm, TimeSpan after, TimeProvider time)
    {
        _vmm = vmm;
        _after = after;
        _timer = time.CreateTimer(static state => ((IdleFreezer)state!).Freeze(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Rest()
    {
        lock (_lock)
        {
            _isResting = true;
            _timer.Change(_after, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>True: it was frozen, and its clock stood still meanwhile.</summary>
    public bool Wake()
    {
        lock (_lock)
        {
            _isResting = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (!_isFrozen)
            {
                return false;
            }

            _isFrozen = false;
            _commands = ThenAsync(_commands, static vmm => vmm.ContinueAsync(CancellationToken.None));
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        lock (_lock)
        {
            _isResting = false;
        }

        _vmm.Kill(); // a command that waits for an answer gets the end of the connection
        await _commands;
    }

    private void Freeze()
    {
        lock (_lock)
        {
            if (_isResting && !_isFrozen)
            {
                _isFrozen = true;
                _commands = ThenAsync(_commands, static vmm => vmm.StopAsync(CancellationToken.None));
            }
        }
    }

    private async Task ThenAsync(Task before, Func<Vmm, Task> command)
    {
        await before;
        try
        {
            await command(_vmm);
        }
        catch (VmmException)
        {
            // It has ended: its channel tells the sandbox.
        }
    }
}
