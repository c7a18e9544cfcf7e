using System.Text;
using Glue.Contracts.Functions;
using Glue.Workers.Logs;

namespace Glue.Workers.FunctionalTests;

/// <summary>Keeps the log lines of a test, up to a bound.</summary>
internal sealed class RecordedLogs : IFunctionLogs
{
    private readonly Lock _lock = new();
    private readonly List<(string Function, string Line)> _lines = [];

    public long Bytes { get; private set; }

    /// <summary>Called with each line before it is kept; whatever reads the sandbox waits for it.</summary>
    public Action<string>? Arrived { get; set; }

    public IFunctionLog Open(FunctionVersion version, string logStream) => new Log(this, version.Name);

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines.Select(each => each.Line)];
            }
        }
    }

    public IReadOnlyList<string> Of(string function)
    {
        lock (_lock)
        {
            return [.. _lines.Where(each => each.Function == function).Select(each => each.Line)];
        }
    }

    private void Append(string function, ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            Bytes += line.Length;
            if (_lines.Count < 10_000)
            {
                _lines.Add((function, Encoding.UTF8.GetString(line)));
            }
        }
    }

    private sealed class Log(RecordedLogs logs, string function) : IFunctionLog
    {
        public void Append(DateTimeOffset time, ReadOnlySpan<byte> line)
        {
            logs.Arrived?.Invoke(Encoding.UTF8.GetString(line));
            logs.Append(function, line);
        }
    }
}
