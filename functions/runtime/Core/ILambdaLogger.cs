namespace Glue.Functions.Runtime;

/// <summary>Writes to the function's log. Lines below the level in <c>AWS_LAMBDA_LOG_LEVEL</c> (default INFO) are dropped.</summary>
public interface ILambdaLogger
{
    /// <summary>As it is: no line end, no level.</summary>
    void Log(string message);

    /// <summary>One line, no level.</summary>
    void LogLine(string message);

    void LogTrace(string message);

    void LogDebug(string message);

    void LogInformation(string message);

    void LogWarning(string message);

    void LogError(string message);

    void LogCritical(string message);
}
