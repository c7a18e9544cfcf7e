using Glue.Contracts.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>What LoggingConfig may be, and what a change of it gives.</summary>
/// <remarks>Lambda API Reference, LoggingConfig (read 2026-11).</remarks>
internal static class LoggingRules
{
    public const string Json = "JSON";
    public const string Text = "Text";

    public static FieldCheck Logging(this FieldCheck check, LoggingRequest? logging) => check
        .OneOf("loggingConfig.logFormat", logging?.LogFormat, Json, Text)
        .OneOf("loggingConfig.applicationLogLevel", logging?.ApplicationLogLevel, "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
        .OneOf("loggingConfig.systemLogLevel", logging?.SystemLogLevel, "DEBUG", "INFO", "WARN")
        .Length("loggingConfig.logGroup", logging?.LogGroup, 512)
        .Matches("loggingConfig.logGroup", logging?.LogGroup, ModelPatterns.LogGroup);

    /// <summary>What is not given stays; a change to Text forgets the levels.</summary>
    /// <param name="logging">The call's; null: not given.</param>
    /// <param name="former">Null: as it is by default.</param>
    /// <exception cref="LambdaException">Levels without JSON.</exception>
    public static FunctionLogging? Apply(LoggingRequest? logging, FunctionLogging? former)
    {
        if (logging is null)
        {
            return former;
        }

        var before = former ?? new FunctionLogging();
        var isJson = logging.LogFormat is { } format ? format == Json : before.IsJson;
        var group = logging.LogGroup ?? before.Group;
        if (isJson)
        {
            return new FunctionLogging
            {
                IsJson = true,
                ApplicationLevel = logging.ApplicationLogLevel ?? before.ApplicationLevel,
                SystemLevel = logging.SystemLogLevel ?? before.SystemLevel,
                Group = group,
            };
        }

        return logging.ApplicationLogLevel is null && logging.SystemLogLevel is null
            ? new FunctionLogging { Group = group }
            : throw LambdaException.InvalidParameter(
                "LogLevel is not supported when LogFormat is set to Text. Remove LogLevel from your request or change the LogFormat to JSON and try again.");
    }
}
