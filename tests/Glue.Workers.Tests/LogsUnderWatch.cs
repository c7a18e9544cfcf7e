using System.Text;
using Glue.Contracts.Functions;
using Glue.Workers.Logs;

namespace Glue.Workers.Tests;

/// <summary>Function logs whose lines a test sees on the sandbox's reading thread.</summary>
internal sealed class LogsUnderWatch : IFunctionLogs, IFunctionLog
{
    public Action<string> OnLine { get; set; } = static _ => { };

    public IFunctionLog Open(FunctionVersion version, string logStream) => this;

    public void Append(DateTimeOffset time, ReadOnlySpan<byte> line) => OnLine(Encoding.UTF8.GetString(line));
}
