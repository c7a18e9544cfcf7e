using System.Net.Sockets;
using System.Text;
using Glue.Contracts.Invocations;
using Glue.Workers.Sandboxes;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.Process;

/// <summary>A bubblewrap process with the agent below it.</summary>
internal sealed class ProcessSandbox(int pid, Socket channel, PortHandover handover, int complaints, ICgroup? cgroup, Action free) : IRunningSandbox
{
    private readonly Lock _lock = new();
    private readonly SafeFileHandle _complaints = new(complaints, ownsHandle: true);
    private bool _isReaped;

    public Socket Channel => channel;

    public SandboxStart StartKind => SandboxStart.Boot;

    public required uint GuardedMemoryKiB { get; init; }

    public required ulong DataLimitBytes { get; init; }

    /// <summary>Told what could not be removed.</summary>
    public required Action<string> Leftover { get; init; }

    public Socket TakeStoragePort() => handover.Take();

    /// <summary>
    /// bubblewrap's death takes the agent with it (parent-death signal), the agent's death, as PID 1, the whole namespace. A closed
    /// channel makes the agent go by itself should either fail.
    /// </summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (!_isReaped) // afterwards the number may be another process's
            {
                _ = Native.Kill(pid, Native.SigKill);
            }
        }

        try
        {
            channel.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end is gone already.
        }
    }

    public bool WasOutOfMemory() => cgroup?.WasOutOfMemory() ?? false;

    public string ReadComplaints()
    {
        // Written by the launcher, bubblewrap or the agent, and they have ended; what fits into the pipe is all there is.
        Span<byte> text = stackalloc byte[2048];
        try
        {
            using var stream = new FileStream(_complaints, FileAccess.Read, bufferSize: 0);
            return Encoding.UTF8.GetString(text[..stream.Read(text)]).Trim();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        // Ends within milliseconds after SIGKILL; .NET's own child handling leaves processes alone that it did not start.
        await Task.Run(() =>
        {
            _ = Native.Wait(pid, out _, 0);
            lock (_lock)
            {
                _isReaped = true;
            }
        });
        if (cgroup is not null && !await cgroup.RemoveAsync())
        {
            Leftover("its control group still has processes after SIGKILL");
        }

        channel.Dispose();
        handover.Dispose();
        _complaints.Dispose();
        free(); // only now: no process of that user is left
    }
}
