namespace Glue.Contracts.Functions;

/// <summary>How and where a function logs: Lambda's LoggingConfig, complete.</summary>
/// <remarks>Lambda API Reference, LoggingConfig; Lambda Developer Guide, "Configuring JSON and plain text log formats" (read 2026-11).</remarks>
public sealed record FunctionLogging
{
    /// <summary>True: LogFormat is <c>JSON</c>, of the platform's lines and of what the managed runtimes log. False: <c>Text</c>.</summary>
    public bool IsJson { get; init; }

    /// <summary>Of the function's own lines, with JSON only: <c>TRACE</c>, <c>DEBUG</c>, <c>INFO</c>, <c>WARN</c>, <c>ERROR</c> or <c>FATAL</c>. The managed runtimes heed it.</summary>
    public string ApplicationLevel { get; init; } = "INFO";

    /// <summary>Of the platform's lines, with JSON only: <c>DEBUG</c>, <c>INFO</c> or <c>WARN</c>.</summary>
    public string SystemLevel { get; init; } = "INFO";

    /// <summary>The log group; null: <c>/aws/lambda/NAME</c>.</summary>
    public string? Group { get; init; }
}
