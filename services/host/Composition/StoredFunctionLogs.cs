using Glue.Contracts.Functions;
using Glue.FunctionLogs;
using Glue.Workers.Logs;

namespace Glue.Host.Composition;

/// <summary>What sandboxes of this process's worker log is kept by function-logs.</summary>
internal sealed class StoredFunctionLogs(FunctionLogStreams streams) : IFunctionLogs
{
    public Workers.Logs.IFunctionLog Open(FunctionVersion version, string logStream) => new Stored(streams.Open(version, logStream));

    private sealed class Stored(FunctionLogs.IFunctionLog log) : Workers.Logs.IFunctionLog
    {
        public void Append(DateTimeOffset time, ReadOnlySpan<byte> line) => log.Append(time, line);
    }
}
