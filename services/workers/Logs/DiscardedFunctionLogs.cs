using Glue.Contracts.Functions;

namespace Glue.Workers.Logs;

/// <summary>For hosts that keep no logs; tails of single invocations still work.</summary>
internal sealed class DiscardedFunctionLogs : IFunctionLogs
{
    public void Append(FunctionVersion version, string logStream, DateTimeOffset time, ReadOnlySpan<byte> line)
    {
        // Nothing is kept by choice of the host.
    }
}
