using Glue.Contracts.Functions;

namespace Glue.Workers.Logs;

/// <summary>Where the log lines of functions go.</summary>
public interface IFunctionLogs
{
    /// <summary>The stream of one sandbox.</summary>
    /// <param name="version">Whose lines.</param>
    /// <param name="logStream">As the function sees it in <c>AWS_LAMBDA_LOG_STREAM_NAME</c>.</param>
    IFunctionLog Open(FunctionVersion version, string logStream);
}
