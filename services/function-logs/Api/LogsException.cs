namespace Glue.FunctionLogs.Api;

/// <summary>
/// What the API answers instead of a result: AWS's error type and message (CloudWatch Logs API Reference, "Common Errors" and each
/// action's "Errors", read 2026-11).
/// </summary>
internal sealed class LogsException(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>Member <c>__type</c>.</summary>
    public string Type { get; } = type;

    public static LogsException InvalidParameter(string message) => new(400, "InvalidParameterException", message);

    public static LogsException GroupNotFound() => new(400, "ResourceNotFoundException", "The specified log group does not exist.");

    public static LogsException StreamNotFound() => new(400, "ResourceNotFoundException", "The specified log stream does not exist.");

    public static LogsException AlreadyExists(string what) => new(400, "ResourceAlreadyExistsException", $"The specified log {what} already exists");

    public static LogsException Serialization(string message) => new(400, "SerializationException", message);

    public static LogsException UnknownOperation(string action) => new(
        400, "UnknownOperationException", $"No action '{action}' of the CloudWatch Logs API is served here.");
}
