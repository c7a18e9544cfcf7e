using Glue.Contracts.Functions;

namespace Glue.Workers.Logs;

/// <summary>For hosts that keep no logs; tails of single invocations still work.</summary>
internal sealed class DiscardedFunctionLogs : IFunctionLogs, IFunctionLog
{
    public IFunctionLog Open(FunctionVersion version, string logStream) => this;

    public void Append(DateTimeOffset time, ReadOnlySpan<byte> line)
    {
        // Nothing is kept by choice of the host.
    }
}
