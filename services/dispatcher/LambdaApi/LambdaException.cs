using Glue.Dispatcher.Admission;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// What the API answers instead of a result: AWS's error type, status and message (Lambda API Reference, "Common errors" and each
/// action's "Errors", read 2026-11).
/// </summary>
internal sealed class LambdaException(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>Header <c>x-amzn-ErrorType</c>.</summary>
    public string Type { get; } = type;

    /// <summary>Member <c>Reason</c>, of throttles only.</summary>
    public string? Reason { get; private init; }

    /// <summary>A field is wrong in a way AWS's model does not say.</summary>
    public static LambdaException InvalidParameter(string message) => new(400, "InvalidParameterValueException", message);

    public static LambdaException Validation(params IReadOnlyList<string> faults) => new(
        400, "ValidationException", $"{faults.Count} validation error{(faults.Count == 1 ? "" : "s")} detected: {string.Join("; ", faults)}");

    public static LambdaException FunctionNotFound(string arn) => new(404, "ResourceNotFoundException", $"Function not found: {arn}");

    public static LambdaException NotFound(string message) => new(404, "ResourceNotFoundException", message);

    public static LambdaException Conflict(string message) => new(409, "ResourceConflictException", message);

    public static LambdaException RevisionMismatch() => new(
        412, "PreconditionFailedException",
        "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId");

    public static LambdaException TooLarge(string message) => new(413, "RequestEntityTooLargeException", message);

    public static LambdaException BadContent(string message) => new(400, "InvalidRequestContentException", message);

    public static LambdaException AccessDenied(string action, string arn) => new(
        403, "AccessDeniedException", $"You are not authorized to perform: lambda:{action} on resource: {arn}");

    public static LambdaException UnknownOperation(string method, string path) => new(
        404, "UnknownOperationException", $"No action of the Lambda API that is served here has {method} {path}.");

    /// <summary>Reasons as in the Lambda API Reference, TooManyRequestsException (read 2026-11).</summary>
    public static LambdaException Throttled(AdmissionResult admission) => new(429, "TooManyRequestsException", "Rate Exceeded.")
    {
        Reason = admission switch
        {
            AdmissionResult.ReservedConcurrency => "ReservedFunctionConcurrentInvocationLimitExceeded",
            AdmissionResult.ScalingRate => "FunctionInvocationRateLimitExceeded",
            _ => "ConcurrentInvocationLimitExceeded",
        },
    };

    /// <summary>AWS has no such limit, so the Reason is none of its own.</summary>
    public static LambdaException QueueFull(string accountId) => new(
        429, "TooManyRequestsException", $"The asynchronous invocations of account {accountId} that wait have reached its queue length. Try again later.")
    {
        Reason = "AccountQueueLengthExceeded",
    };

    public static LambdaException Unavailable(string message) => new(503, "ServiceException", message);
}
