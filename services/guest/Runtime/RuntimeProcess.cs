using System.Buffers.Text;
using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Native;
using Glue.Guest.Telemetry;

namespace Glue.Guest.Runtime;

/// <summary>The function's runtime: one child in its own session, its two output pipes, its end, its memory.</summary>
internal sealed unsafe class RuntimeProcess(ChannelLink channel, Poll poll, TelemetryHub hub)
{
    private readonly OutputPipe[] _outputs = [new(channel, poll, hub, 1), new(channel, poll, hub, 2)];
    private readonly int _self = Libc.getpid();
    private int _pid;
    private int _pidFd = -1;
    private int _memoryFd = -1;
    private uint _memoryLimitKiB;

    public uint MaxRssKiB { get; private set; }

    /// <summary>True: the runtime itself ended, with <see cref="ExitStatus"/>.</summary>
    public bool HasExited { get; private set; }

    /// <summary>As wait(2) gave it.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>Told of children that are not the runtime: process id and what wait(2) said.</summary>
    public Action<int, int>? OtherEnded { get; set; }

    /// <summary>Starts what the Init frame says.</summary>
    /// <returns>0, or the errno of the start.</returns>
    public int Start(in InitMessage message, byte* payload)
    {
        var texts = new Texts(payload);
        var folder = texts.Next();
        var arguments = stackalloc byte*[message.ArgumentCount + 1];
        texts.Next(arguments, message.ArgumentCount);
        var environment = stackalloc byte*[message.EnvironmentCount + 1];
        texts.Next(environment, message.EnvironmentCount);

        var (output, error) = (_outputs[0].Open(), _outputs[1].Open());
        var errno = Child.Start(message, folder, arguments, environment, output, error, out _pid);
        Libc.close(output);
        Libc.close(error);
        if (errno == 0)
        {
            _memoryLimitKiB = message.MemoryLimitKiB;
            OpenMemory();
            _pidFd = Fail.IfNegative((int)Libc.syscall(Libc.SYS_pidfd_open, _pid, 0), "pidfd_open");
            poll.Add(_pidFd, Libc.EPOLLIN, Source.RuntimeExit);
        }

        return errno;
    }

    /// <param name="stream">1 is standard output, 2 standard error.</param>
    public void ReadOutput(int stream) => _outputs[stream - 1].Read();

    /// <summary>The channel has room again.</summary>
    public void ResumeOutput()
    {
        foreach (var each in _outputs)
        {
            each.Resume();
        }
    }

    /// <summary>Reads what is left in both pipes, waiting for the worker where the channel is full.</summary>
    public void DrainOutput()
    {
        foreach (var each in _outputs)
        {
            each.Drain();
        }
    }

    /// <summary>Takes ended children off the process table: the runtime, extensions, and orphans that its processes left to PID 1.</summary>
    public void Reap()
    {
        int status;
        int pid;
        while ((pid = Libc.waitpid(-1, &status, Libc.WNOHANG)) > 0)
        {
            if (pid == _pid)
            {
                HasExited = true;
                ExitStatus = status;
                _pid = 0;
                Libc.close(_pidFd); // leaves the epoll set by itself: extensions may live on
            }
            else
            {
                OtherEnded?.Invoke(pid, status);
            }
        }
    }

    /// <summary>Asks the runtime to end.</summary>
    public void Terminate()
    {
        if (_pid > 0)
        {
            Libc.kill(_pid, Libc.SIGTERM);
        }
    }

    /// <summary>Ends the runtime and the processes of its session.</summary>
    public void KillSession()
    {
        if (_pid > 0)
        {
            Libc.kill(-_pid, Libc.SIGKILL);
        }
    }

    /// <summary>Ends everything that was started in this sandbox.</summary>
    public void KillAll()
    {
        if (_self == 1)
        {
            // As PID 1 of a namespace -1 means everything inside but ourselves: nothing a function starts can hide in a session of its own.
            Libc.kill(-1, Libc.SIGKILL);
        }
        else
        {
            KillSession();
        }
    }

    /// <summary>Reads the runtime's memory; about 10 µs, so not after every short invocation.</summary>
    /// <returns>False: it holds more anonymous memory than the function may.</returns>
    public bool MeasureMemory()
    {
        var text = stackalloc byte[2048];
        var length = (int)Libc.pread(_memoryFd, text, 2048, 0);
        if (length <= 0)
        {
            return true;
        }

        var status = new ReadOnlySpan<byte>(text, length);
        MaxRssKiB = Math.Max(MaxRssKiB, KibibytesOf(status, "VmHWM:"u8));
        return _memoryLimitKiB == 0 || KibibytesOf(status, "RssAnon:"u8) <= _memoryLimitKiB;
    }

    private static uint KibibytesOf(ReadOnlySpan<byte> status, ReadOnlySpan<byte> name)
    {
        var at = status.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(status[(at + name.Length)..].TrimStart(" \t"u8), out uint kibibytes, out _) ? kibibytes : 0;
    }

    private void OpenMemory()
    {
        Span<byte> path = stackalloc byte[32];
        "/proc/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(_pid, path[6..], out var digits);
        "/status\0"u8.CopyTo(path[(6 + digits)..]);
        fixed (byte* text = path)
        {
            _memoryFd = Libc.open(text, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        }
    }
}
