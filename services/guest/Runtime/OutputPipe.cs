using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Native;
using Glue.Guest.Telemetry;

namespace Glue.Guest.Runtime;

/// <summary>The reading end of what a child writes: its bytes go to the channel as they are.</summary>
/// <param name="channel">To the worker.</param>
/// <param name="poll">The loop's.</param>
/// <param name="hub">Hears every line.</param>
/// <param name="stream">Stream number of its <see cref="FrameType.Log"/> frames.</param>
internal sealed unsafe class OutputPipe(ChannelLink channel, Poll poll, TelemetryHub hub, int stream)
{
    private int _fd = -1;
    private bool _isPolled;

    /// <summary>Makes the pipe.</summary>
    /// <returns>The writing end, for the child; the caller closes it.</returns>
    public int Open()
    {
        var ends = stackalloc int[2];
        Fail.IfNegative(Libc.pipe2(ends, Libc.O_CLOEXEC), "pipe2");
        _fd = ends[0];
        Libc.fcntl(_fd, Libc.F_SETFL, Libc.O_NONBLOCK);
        SetPolled(true);
        return ends[1];
    }

    /// <summary>
    /// Moves what was written to the channel, until the pipe is empty or the channel is congested. Called before anything else
    /// of a turn is looked at, so that a line written before an answer also leaves before it.
    /// </summary>
    public void Read()
    {
        while (_fd >= 0 && !channel.IsCongested)
        {
            var place = channel.Begin(ChannelProtocol.MaxStreamData);
            nint count;
            fixed (byte* pointer = place)
            {
                count = Libc.read(_fd, pointer, place.Length);
            }

            if (count > 0)
            {
                hub.Wrote(stream, place[..(int)count]);
                channel.End(FrameType.Log, stream, (int)count);
                if (count == place.Length)
                {
                    continue;
                }
            }
            else if (count == 0)
            {
                SetPolled(false);
                Libc.close(_fd);
                _fd = -1;
            }

            return;
        }

        SetPolled(false);
    }

    /// <summary>The channel has room again.</summary>
    public void Resume() => SetPolled(true);

    /// <summary>Reads what is left, waiting for the worker where the channel is full.</summary>
    public void Drain()
    {
        do
        {
            channel.FlushAll();
            Read();
        }
        while (channel.IsCongested);
    }

    private void SetPolled(bool isPolled)
    {
        if (_fd < 0 || _isPolled == isPolled)
        {
            return;
        }

        _isPolled = isPolled;
        if (isPolled)
        {
            poll.Add(_fd, Libc.EPOLLIN, Source.Output, stream);
        }
        else
        {
            poll.Remove(_fd); // an empty interest would still report a hang-up, turn after turn
        }
    }
}
