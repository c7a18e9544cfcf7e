namespace Glue.Contracts.Invocations;

/// <summary>One attempt, as the dispatcher hands it to a worker.</summary>
public sealed record InvokeRequest
{
    /// <summary>UUID text, shown to the function as <c>Lambda-Runtime-Aws-Request-Id</c>.</summary>
    public required string RequestId { get; init; }

    /// <summary>The event, UTF-8 JSON, at most 6 MiB. Must stay unchanged until the outcome is there.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The ARN the caller used (with alias or version where it gave one).</summary>
    public required string InvokedFunctionArn { get; init; }

    /// <summary><c>X-Amz-Client-Context</c>, base64 as received; null when absent.</summary>
    public string? ClientContext { get; init; }

    /// <summary>W3C trace context of the caller; null when absent.</summary>
    public string? TraceParent { get; init; }

    /// <summary>True: the outcome carries the last 4 KiB of the attempt's log (<c>LogType=Tail</c>), and waits for its REPORT line.</summary>
    public bool WantsLogTail { get; init; }

    /// <summary>
    /// Called at most once, when the runtime begins to stream its answer, and must return at once; the answer then comes with that body and not
    /// with the outcome. Null: a streamed answer comes whole with the outcome, up to 6 MiB.
    /// </summary>
    public Action<StreamedBody>? Streams { get; init; }

    /// <summary>Depth of the chain of causes, stamped by the storage gateway on what the function writes.</summary>
    public int LineageDepth { get; init; }

    /// <summary>The attached store whose event this is; null: the embedded one's, or no storage event.</summary>
    public string? Store { get; init; }
}
