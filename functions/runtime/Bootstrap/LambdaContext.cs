using System.Globalization;

namespace Glue.Functions.Runtime;

/// <summary>One invocation's context: the event's headers, and the sandbox's environment for what never changes.</summary>
/// <param name="requestId">Lambda-Runtime-Aws-Request-Id.</param>
/// <param name="invokedArn">Lambda-Runtime-Invoked-Function-Arn.</param>
/// <param name="deadlineMs">Lambda-Runtime-Deadline-Ms: milliseconds of the Unix epoch.</param>
/// <param name="clientContext">Lambda-Runtime-Client-Context: JSON; null when absent.</param>
internal sealed class LambdaContext(string requestId, string invokedArn, long deadlineMs, string? clientContext) : ILambdaContext
{
    private static readonly string Name = Variable("AWS_LAMBDA_FUNCTION_NAME");
    private static readonly string Version = Variable("AWS_LAMBDA_FUNCTION_VERSION");
    private static readonly string LogGroup = Variable("AWS_LAMBDA_LOG_GROUP_NAME");
    private static readonly string LogStream = Variable("AWS_LAMBDA_LOG_STREAM_NAME");
    private static readonly int Memory =
        int.TryParse(Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), CultureInfo.InvariantCulture, out var mib) ? mib : 0;

    private IClientContext? _client;

    public string AwsRequestId { get; } = requestId;

    public string InvokedFunctionArn { get; } = invokedArn;

    public string FunctionName => Name;

    public string FunctionVersion => Version;

    public string LogGroupName => LogGroup;

    public string LogStreamName => LogStream;

    public int MemoryLimitInMB => Memory;

    public ILambdaLogger Logger => FunctionLog.Current;

    public IClientContext? ClientContext => clientContext is null ? null : _client ??= Runtime.ClientContext.Parse(clientContext);

    public TimeSpan RemainingTime
    {
        get
        {
            var left = deadlineMs - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            return TimeSpan.FromMilliseconds(Math.Clamp(left, 0, int.MaxValue));
        }
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}
