namespace Glue.Guest.Native;

/// <summary>What became ready, as it is packed into the kernel's event: a source and which one of its kind.</summary>
internal enum Source : byte
{
    Channel,
    Output,
    RuntimeExit,
    ExtensionExit,
    Telemetry,
    ApiListener,
    ApiConnection,
    StorageListener,
    Stream,
}

/// <summary>A level-triggered epoll set.</summary>
internal sealed unsafe class Poll
{
    public const int Capacity = 64;

    private readonly int _fd = Fail.IfNegative(Libc.epoll_create1(Libc.EPOLL_CLOEXEC), "epoll_create1");

    public void Add(int fd, uint interest, Source source, int index = 0) => Control(Libc.EPOLL_CTL_ADD, fd, interest, source, index);

    public void Change(int fd, uint interest, Source source, int index = 0) => Control(Libc.EPOLL_CTL_MOD, fd, interest, source, index);

    public void Remove(int fd) => Control(Libc.EPOLL_CTL_DEL, fd, 0, default, 0);

    /// <returns>How many of <paramref name="events"/> are filled; 0 when the time ran out.</returns>
    public int Wait(Libc.EpollEvent* events, int timeoutMs)
    {
        while (true)
        {
            var count = Libc.epoll_wait(_fd, events, Capacity, timeoutMs);
            if (count >= 0)
            {
                return count;
            }

            if (Libc.Errno != Libc.EINTR)
            {
                Fail.Now("epoll_wait");
            }
        }
    }

    private void Control(int operation, int fd, uint interest, Source source, int index)
    {
        var change = new Libc.EpollEvent { Events = interest, Data = (ulong)source | ((ulong)(uint)index << 8) };
        Fail.IfNegative(Libc.epoll_ctl(_fd, operation, fd, &change), "epoll_ctl");
    }
}
