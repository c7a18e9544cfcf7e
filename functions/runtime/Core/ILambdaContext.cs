namespace Glue.Functions.Runtime;

/// <summary>What a handler may know about its invocation. Member names of Amazon.Lambda.Core, less Cognito, which Glue has not.</summary>
public interface ILambdaContext
{
    /// <summary>The invocation's id; the same for every attempt of it.</summary>
    string AwsRequestId { get; }

    /// <summary>From a mobile client; null when the caller sent none.</summary>
    IClientContext? ClientContext { get; }

    string FunctionName { get; }

    /// <summary><c>$LATEST</c> or a number.</summary>
    string FunctionVersion { get; }

    /// <summary>The ARN the caller used, with its alias or version.</summary>
    string InvokedFunctionArn { get; }

    ILambdaLogger Logger { get; }

    string LogGroupName { get; }

    string LogStreamName { get; }

    /// <summary>The function's memory in MiB (Lambda says MB and means MiB).</summary>
    int MemoryLimitInMB { get; }

    /// <summary>Time until the sandbox is ended for running too long; never negative.</summary>
    TimeSpan RemainingTime { get; }
}
