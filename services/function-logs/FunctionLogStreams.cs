using Glue.Contracts.Functions;
using Glue.FunctionLogs.Appending;

namespace Glue.FunctionLogs;

/// <summary>Where sandboxes write what their functions log.</summary>
public sealed class FunctionLogStreams
{
    private readonly LogWriter _writer;

    internal FunctionLogStreams(LogWriter writer) => _writer = writer;

    /// <summary>A sandbox's stream, in the group of its function; made in the store with its first line.</summary>
    /// <param name="version">Whose account and group.</param>
    /// <param name="stream">As the function sees it in <c>AWS_LAMBDA_LOG_STREAM_NAME</c>.</param>
    public IFunctionLog Open(FunctionVersion version, string stream)
    {
        ArgumentNullException.ThrowIfNull(version);
        return new LogBuffer(new LogStreamName(version.AccountId, version.LogGroup, stream), version.Logging.IsJson, _writer);
    }
}
