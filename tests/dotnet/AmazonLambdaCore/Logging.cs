namespace Amazon.Lambda.Core;

public enum LogLevel
{
    Trace,
    Debug,
    Information,
    Warning,
    Error,
    Critical,
}

public interface ILambdaLogger
{
    void Log(string message);

    void LogLine(string message);

    void Log(string level, string message) => LogLine(message);

    void Log(LogLevel level, string message) => Log(level.ToString(), message);

    void LogDebug(string message) => Log(LogLevel.Debug.ToString(), message);

    void LogInformation(string message) => Log(LogLevel.Information.ToString(), message);

    void LogWarning(string message) => Log(LogLevel.Warning.ToString(), message);

    void LogError(string message) => Log(LogLevel.Error.ToString(), message);

    void Log(string level, string message, params object[] args) => Log(level, message);

    void Log(LogLevel level, Exception exception, string message, params object[] args) => Log(level, message);

    void LogInformation(string message, params object[] args) => Log(LogLevel.Information.ToString(), message, args);

    void LogError(Exception exception, string message, params object[] args) => Log(LogLevel.Error, exception, message, args);
}

public static class LambdaLogger
{
    private static readonly Action<string> LoggingAction = Console.WriteLine;

    public static void Log(string message) => LoggingAction(message);
}
