using Glue.Contracts.Invocations;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>An invocation as its caller asked for it: verified, and its function found. Holds the body until it is disposed.</summary>
internal sealed class InvokeCall(QualifiedFunction function, RequestBody body, ReadOnlyMemory<byte> payload, string requestId) : IDisposable
{
    public QualifiedFunction Function { get; } = function;

    /// <summary>The event; JSON.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    public string RequestId { get; } = requestId;

    /// <summary>What a worker is told of it.</summary>
    public InvokeRequest ToRequest(string? clientContext, string? traceParent, bool wantsLogTail) => new()
    {
        RequestId = RequestId,
        Payload = Payload,
        InvokedFunctionArn = Function.InvokedArn,
        ClientContext = clientContext,
        TraceParent = traceParent,
        WantsLogTail = wantsLogTail,
    };

    public void Dispose() => body.Dispose();
}
