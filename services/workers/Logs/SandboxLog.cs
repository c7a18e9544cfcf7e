using System.Text;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Logs;

/// <summary>
/// The log of one sandbox: cuts the bytes of both output streams into lines, hands them on, and remembers the end of the current
/// invocation's part for a tail. Used by the sandbox's reader only, except where a lock says otherwise.
/// </summary>
internal sealed class SandboxLog(FunctionVersion version, string stream, IFunctionLogs logs, TimeProvider time)
{
    /// <summary>A runtime's two and one of each extension, of which more than a hundred would not be sane.</summary>
    public const int MaxOutputs = 128;

    /// <summary>Lambda's LogResult: the last 4 KiB.</summary>
    public const int TailBytes = 4096;

    // Lambda cuts log events at 256 KiB; a function that never ends its line must not make the worker keep it all.
    private const int MaxLine = 256 * 1024;

    private readonly IFunctionLog _sink = logs.Open(version, stream);
    private byte[]?[] _partial = new byte[]?[2];
    private int[] _partialLength = new int[2];
    private byte[]? _tail;
    private long _tailLength;

    public string Stream { get; } = stream;

    /// <summary>Output of the runtime; <paramref name="output"/> 1 is standard output, 2 standard error, from 3 on the extensions'.</summary>
    public void Append(int output, ReadOnlySpan<byte> bytes)
    {
        var index = output - 1;
        if (index >= _partial.Length)
        {
            Array.Resize(ref _partial, output);
            Array.Resize(ref _partialLength, output);
        }

        int end;
        while ((end = bytes.IndexOf((byte)'\n')) >= 0)
        {
            var line = bytes[..end];
            bytes = bytes[(end + 1)..];
            if (_partialLength[index] > 0)
            {
                Keep(index, line);
                FlushPartial(index);
            }
            else
            {
                Write(line);
            }
        }

        if (bytes.Length > 0)
        {
            Keep(index, bytes);
        }
    }

    /// <summary>A whole line, of the runtime or of the platform itself.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        _sink.Append(time.GetUtcNow(), line);
        if (_tail is not null)
        {
            AppendTail(line);
            AppendTail("\n"u8);
        }
    }

    /// <summary>INIT_START or RESTORE_START: before anything that the function writes. Belongs to no invocation, so to no tail.</summary>
    public void WriteBegin(bool isRestored, string initialisation, RuntimeVersion runtime)
    {
        var now = time.GetUtcNow();
        if ((version.Logging.IsJson
                ? JsonPlatformLines.Begin(isRestored ? "restore" : "init", initialisation, runtime, version, now)
                : TextPlatformLines.Begin(isRestored ? "RESTORE" : "INIT", runtime)) is { } line)
        {
            _sink.Append(now, line);
        }
    }

    /// <summary>INIT_REPORT or RESTORE_REPORT of a start that came to nothing, behind all that the function wrote meanwhile.</summary>
    public void WriteFailedStart(bool isRestored, string initialisation, TimeSpan duration, string errorType)
    {
        Flush();
        Write(version.Logging.IsJson
            ? JsonPlatformLines.FailedStart(isRestored ? "restore" : "init", initialisation, duration, errorType, time.GetUtcNow())
            : TextPlatformLines.FailedStart(isRestored ? "RESTORE" : "INIT", duration, errorType));
    }

    /// <summary>EXTENSION: one more that is ready. Of no invocation, like <see cref="WriteBegin"/>.</summary>
    public void WriteExtension(string name, IReadOnlyList<string> events)
    {
        var now = time.GetUtcNow();
        if ((version.Logging.IsJson ? JsonPlatformLines.Extension(name, events, version, now) : TextPlatformLines.Extension(name, events)) is { } line)
        {
            _sink.Append(now, line);
        }
    }

    /// <summary>START, or what the function's format has for it.</summary>
    public void WriteStart(string requestId) => WriteIfAny(
        version.Logging.IsJson ? JsonPlatformLines.Start(requestId, version, time.GetUtcNow()) : TextPlatformLines.Start(requestId, version));

    /// <summary>What was not yet a line, why it failed, END and REPORT.</summary>
    /// <param name="requestId">Of the invocation.</param>
    /// <param name="outcome">What is reported.</param>
    /// <param name="failure">Null: the function answered.</param>
    public void WriteEnd(string requestId, InvokeOutcome outcome, FunctionFailure? failure)
    {
        Flush();
        if (version.Logging.IsJson)
        {
            var now = time.GetUtcNow();
            WriteIfAny(failure?.Message is { } message ? JsonPlatformLines.Error(requestId, now, message) : null);
            WriteIfAny(JsonPlatformLines.RuntimeDone(requestId, version, now, outcome, failure?.PlatformErrorType));
            WriteIfAny(JsonPlatformLines.Report(requestId, version, now, outcome, failure?.PlatformErrorType));
            return;
        }

        WriteIfAny(failure?.ToLogLine(requestId) is { } line ? Encoding.UTF8.GetBytes(line) : null);
        Write(TextPlatformLines.End(requestId));
        Write(TextPlatformLines.Report(requestId, version, outcome, failure?.PlatformErrorType));
    }

    /// <summary>What befell the sandbox outside of any invocation, such as why it could not start. May have several lines.</summary>
    public void WriteTrouble(string text)
    {
        foreach (var line in text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            Write(version.Logging.IsJson ? JsonPlatformLines.Error(requestId: null, time.GetUtcNow(), line) : Encoding.UTF8.GetBytes(line));
        }
    }

    /// <summary>Writes out unfinished lines: an invocation, or the sandbox, is over.</summary>
    public void Flush()
    {
        for (var index = 0; index < _partial.Length; index++)
        {
            FlushPartial(index);
        }
    }

    public void StartTail()
    {
        _tail = new byte[TailBytes];
        _tailLength = 0;
    }

    /// <summary>Puts former output at the start of the tail, without writing it again.</summary>
    public void Remember(ReadOnlySpan<byte> former) => AppendTail(former);

    /// <summary>The end of what was written since <see cref="StartTail"/>; empty when no tail was wanted.</summary>
    public ReadOnlyMemory<byte> TakeTail()
    {
        if (_tail is not { } ring)
        {
            return default;
        }

        _tail = null;
        if (_tailLength <= TailBytes)
        {
            return ring.AsMemory(0, (int)_tailLength);
        }

        var start = (int)(_tailLength % TailBytes);
        var tail = new byte[TailBytes];
        ring.AsSpan(start).CopyTo(tail);
        ring.AsSpan(0, start).CopyTo(tail.AsSpan(TailBytes - start));
        return tail;
    }

    private void WriteIfAny(byte[]? line)
    {
        if (line is not null)
        {
            Write(line);
        }
    }

    private void AppendTail(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > TailBytes)
        {
            _tailLength += bytes.Length - TailBytes;
            bytes = bytes[^TailBytes..];
        }

        var at = (int)(_tailLength % TailBytes);
        var first = Math.Min(bytes.Length, TailBytes - at);
        bytes[..first].CopyTo(_tail.AsSpan(at));
        bytes[first..].CopyTo(_tail);
        _tailLength += bytes.Length;
    }

    private void Keep(int index, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var length = _partialLength[index];
            var part = bytes[..Math.Min(bytes.Length, MaxLine - length)];
            var buffer = _partial[index];
            if (buffer is null || buffer.Length < length + part.Length)
            {
                Array.Resize(ref buffer, Math.Min(MaxLine, Math.Max(256, (length + part.Length) * 2)));
                _partial[index] = buffer;
            }

            part.CopyTo(buffer.AsSpan(length));
            _partialLength[index] = length + part.Length;
            bytes = bytes[part.Length..];
            if (_partialLength[index] == MaxLine)
            {
                FlushPartial(index);
            }
        }
    }

    private void FlushPartial(int index)
    {
        if (_partialLength[index] > 0)
        {
            var line = _partial[index].AsSpan(0, _partialLength[index]);
            _partialLength[index] = 0;
            Write(line);
        }
    }
}
