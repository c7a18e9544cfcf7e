using System.Buffers;
using System.Globalization;
using System.Text;

namespace Glue.FunctionLogs.Appending;

/// <summary>
/// Where one sandbox's lines wait for the writer. A line costs its caller a copy into memory under a lock that only the writer
/// shares, for the moment of exchanging the buffer; never a wait for the disk.
/// </summary>
/// <remarks>Thread-safe. Known to the writer only while something waits in it.</remarks>
internal sealed class LogBuffer(LogStreamName stream, bool isJson, ILogQueue queue) : IFunctionLog
{
    /// <summary>Of one line beside its own bytes: time and length.</summary>
    public const int LineOverhead = sizeof(long) + sizeof(int);

    private readonly Lock _lock = new();
    private byte[] _bytes = [];
    private int _length;
    private long _lastMs;
    private long _droppedLines;
    private long _droppedBytes;
    private bool _isWaiting;

    public void Append(DateTimeOffset time, ReadOnlySpan<byte> line)
    {
        bool wasWaiting;
        lock (_lock)
        {
            // A stream's lines are in order, even when the machine's clock is set back.
            _lastMs = Math.Max(_lastMs, time.ToUnixTimeMilliseconds());
            if (queue.TryReserve(line.Length + LineOverhead, _length))
            {
                TellOfDropped();
                Keep(line);
            }
            else
            {
                _droppedLines++;
                _droppedBytes += line.Length;
            }

            wasWaiting = _isWaiting;
            _isWaiting = true;
        }

        if (!wasWaiting)
        {
            queue.Waits(this);
        }
    }

    /// <summary>Takes all that waits; the buffer waits no more.</summary>
    public WaitingLines Take()
    {
        lock (_lock)
        {
            TellOfDropped();
            var taken = new WaitingLines(stream, _bytes, _length);
            _bytes = [];
            _length = 0;
            _isWaiting = false;
            return taken;
        }
    }

    /// <summary>A line that stands where the lines are missing.</summary>
    private void TellOfDropped()
    {
        if (_droppedLines == 0)
        {
            return;
        }

        queue.Dropped(_droppedLines);
        var note = Encoding.UTF8.GetBytes(Note());
        (_droppedLines, _droppedBytes) = (0, 0);
        queue.Reserve(note.Length + LineOverhead);
        Keep(note);
    }

    /// <summary>In JSON the Telemetry API's platform.logsDropped.</summary>
    private string Note()
    {
        const string reason = "they came faster than they could be stored (setting FunctionLogs:QueueMiB)";
        var time = DateTimeOffset.FromUnixTimeMilliseconds(_lastMs).UtcDateTime;
        return isJson
            ? string.Create(CultureInfo.InvariantCulture, $$$"""{"time":"{{{time:yyyy-MM-dd'T'HH:mm:ss.fff}}}Z","type":"platform.logsDropped","record":{"droppedRecords":{{{_droppedLines}}},"droppedBytes":{{{_droppedBytes}}},"reason":"{{{reason}}}"}}""")
            : string.Create(CultureInfo.InvariantCulture, $"LOGS_DROPPED Lines: {_droppedLines}\tBytes: {_droppedBytes}\tReason: {reason}");
    }

    private void Keep(ReadOnlySpan<byte> line)
    {
        var needed = _length + LineOverhead + line.Length;
        if (_bytes.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(512, _length * 2)));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            new WaitingLines(stream, _bytes, 0).Return();
            _bytes = larger;
        }

        _length += WaitingLines.Write(_bytes.AsSpan(_length), _lastMs, line);
    }
}
