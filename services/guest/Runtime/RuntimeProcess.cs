using System.Buffers.Text;
using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.Runtime;

/// <summary>The function's runtime: one child in its own session, its two output pipes, its end, its memory.</summary>
internal sealed unsafe class RuntimeProcess(ChannelLink channel, Poll poll)
{
    private readonly int[] _outputs = [-1, -1];
    private readonly bool[] _isPolled = new bool[2];
    private readonly int _self = Libc.getpid();
    private int _pid;
    private int _pidFd = -1;
    private int _memoryFd = -1;
    private uint _memoryLimitKiB;

    public uint MaxRssKiB { get; private set; }

    /// <summary>Starts what the Init frame says.</summary>
    /// <returns>0, or the errno of the start.</returns>
    public int Start(in InitMessage message, byte* payload)
    {
        var count = message.ArgumentCount + message.EnvironmentCount + 2;
        var pointers = stackalloc byte*[count];
        var at = payload + InitMessage.FixedSize;
        var folder = at;
        at = Next(at);
        var next = 0;
        for (var i = 0; i < message.ArgumentCount; i++, at = Next(at))
        {
            pointers[next++] = at;
        }

        pointers[next++] = null;
        var environment = pointers + next;
        for (var i = 0; i < message.EnvironmentCount; i++, at = Next(at))
        {
            pointers[next++] = at;
        }

        pointers[next] = null;

        var output = stackalloc int[2];
        var error = stackalloc int[2];
        Fail.IfNegative(Libc.pipe2(output, Libc.O_CLOEXEC), "pipe2");
        Fail.IfNegative(Libc.pipe2(error, Libc.O_CLOEXEC), "pipe2");
        var errno = Spawn(folder, pointers, environment, output[1], error[1]);
        Libc.close(output[1]);
        Libc.close(error[1]);
        if (errno != 0)
        {
            return errno;
        }

        _memoryLimitKiB = message.MemoryLimitKiB;
        Limit(message);
        OpenMemory();
        _pidFd = Fail.IfNegative((int)Libc.syscall(Libc.SYS_pidfd_open, _pid, 0), "pidfd_open");
        poll.Add(_pidFd, Libc.EPOLLIN, Source.RuntimeExit);
        Watch(0, output[0]);
        Watch(1, error[0]);
        return 0;
    }

    /// <summary>
    /// Moves what the runtime wrote to the channel, until the pipe is empty or the channel is congested. Called before anything else
    /// of a turn is looked at, so that a line written before an answer also leaves before it.
    /// </summary>
    public void ReadOutput(int index)
    {
        var fd = _outputs[index];
        while (fd >= 0 && !channel.IsCongested)
        {
            var place = channel.Begin(ChannelProtocol.MaxStreamData);
            nint count;
            fixed (byte* pointer = place)
            {
                count = Libc.read(fd, pointer, place.Length);
            }

            if (count > 0)
            {
                channel.End(FrameType.Log, index + 1, (int)count);
                if (count == place.Length)
                {
                    continue;
                }
            }
            else if (count == 0)
            {
                poll.Remove(fd);
                Libc.close(fd);
                _outputs[index] = -1;
            }

            return;
        }

        if (fd >= 0)
        {
            SetPolled(index, false);
        }
    }

    /// <summary>The channel has room again.</summary>
    public void ResumeOutput()
    {
        for (var i = 0; i < 2; i++)
        {
            if (_outputs[i] >= 0)
            {
                SetPolled(i, true);
            }
        }
    }

    /// <summary>Reads what is left in both pipes, waiting for the worker where the channel is full.</summary>
    public void DrainOutput()
    {
        for (var i = 0; i < 2; i++)
        {
            do
            {
                channel.FlushAll();
                ReadOutput(i);
            }
            while (channel.IsCongested);
        }
    }

    /// <summary>True: the runtime itself ended, with <see cref="ExitStatus"/>.</summary>
    public bool HasExited { get; private set; }

    /// <summary>As wait(2) gave it.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>Takes ended children off the process table: the runtime, and orphans that its processes left to PID 1.</summary>
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
            }
        }
    }

    /// <summary>Ends the runtime and everything it started.</summary>
    public void Kill()
    {
        if (_self == 1)
        {
            // As PID 1 of a namespace -1 means everything inside but ourselves: nothing a function starts can hide in a session of its own.
            Libc.kill(-1, Libc.SIGKILL);
        }
        else if (_pid > 0)
        {
            Libc.kill(-_pid, Libc.SIGKILL);
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

    private static Source OutputSource(int index) => index == 0 ? Source.StandardOutput : Source.StandardError;

    private static byte* Next(byte* text)
    {
        while (*text != 0)
        {
            text++;
        }

        return text + 1;
    }

    private int Spawn(byte* folder, byte** arguments, byte** environment, int output, int error)
    {
        // glibc's opaque structs: 80 and 336 bytes on x86-64, taken larger.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[512];
        // An ignored SIGPIPE would be inherited: the runtime starts with every ordinary signal at its default and none blocked.
        var defaults = stackalloc ulong[16];
        defaults[0] = 0x7fff_ffff;
        Libc.posix_spawn_file_actions_init(actions);
        fixed (byte* nothing = "/dev/null\0"u8)
        {
            Libc.posix_spawn_file_actions_addopen(actions, 0, nothing, Libc.O_RDONLY, 0);
            Libc.posix_spawn_file_actions_adddup2(actions, output, 1);
            Libc.posix_spawn_file_actions_adddup2(actions, error, 2);
            Libc.posix_spawn_file_actions_addchdir_np(actions, folder);
            Libc.posix_spawnattr_init(attributes);
            Libc.posix_spawnattr_setsigdefault(attributes, defaults);
            Libc.posix_spawnattr_setflags(
                attributes, Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_RESETIDS);
            int pid;
            var errno = Libc.posix_spawn(&pid, arguments[0], actions, attributes, arguments, environment);
            _pid = errno == 0 ? pid : 0;
            return errno;
        }
    }

    /// <summary>Set on the child just after its start: the agent keeps its own, and a child's limits bind all its descendants.</summary>
    private void Limit(in InitMessage message)
    {
        Set(Libc.RLIMIT_CORE, 0);
        Set(Libc.RLIMIT_NOFILE, message.OpenFiles);
        Set(Libc.RLIMIT_NPROC, message.Processes);
        if (message.DataLimitBytes > 0)
        {
            Set(Libc.RLIMIT_DATA, message.DataLimitBytes);
        }

        if (message.FileSizeLimitBytes > 0)
        {
            Set(Libc.RLIMIT_FSIZE, message.FileSizeLimitBytes);
        }
    }

    private void Set(int resource, ulong value)
    {
        var limit = new Libc.ResourceLimit { Soft = value, Hard = value };
        Libc.prlimit(_pid, resource, &limit, null);
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

    private void Watch(int index, int fd)
    {
        Libc.fcntl(fd, Libc.F_SETFL, Libc.O_NONBLOCK);
        _outputs[index] = fd;
        _isPolled[index] = true;
        poll.Add(fd, Libc.EPOLLIN, OutputSource(index));
    }

    private void SetPolled(int index, bool isPolled)
    {
        if (_isPolled[index] != isPolled)
        {
            _isPolled[index] = isPolled;
            if (isPolled)
            {
                poll.Add(_outputs[index], Libc.EPOLLIN, OutputSource(index));
            }
            else
            {
                poll.Remove(_outputs[index]); // an empty interest would still report a hang-up, turn after turn
            }
        }
    }
}
