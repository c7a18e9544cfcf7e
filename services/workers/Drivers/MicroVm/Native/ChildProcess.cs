namespace Glue.Workers.Drivers.MicroVm.Native;

/// <summary>A process that <see cref="Spawner"/> started: to be killed and reaped exactly once.</summary>
internal sealed class ChildProcess(int pid)
{
    private readonly Lock _gate = new();
    private bool _isReaped;

    public int Id { get; } = pid;

    /// <summary>What wait(2) said; valid after <see cref="EndAsync"/>.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>Ends it at once, without waiting. Safe at any time: the id is not given to another process before it is reaped.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            if (!_isReaped)
            {
                SignalOnly();
            }
        }
    }

    /// <summary>Kills it (harmless when it has ended) and takes it off the process table.</summary>
    public Task EndAsync() => Task.Run(End); // waiting for a killed process takes as long as the kernel needs to free its memory

    private unsafe void End()
    {
        lock (_gate)
        {
            if (_isReaped)
            {
                return;
            }

            SignalOnly();
            int status;
            while (Posix.waitpid(Id, &status, 0) < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Posix.EINTR)
            {
            }

            ExitStatus = status;
            _isReaped = true;
        }
    }

    private void SignalOnly() => _ = Posix.kill(Id, Posix.SIGKILL); // it may have ended: then there is nothing to do
}
