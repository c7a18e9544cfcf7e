using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Gateway;

namespace Glue.Workers.Sandboxes;

/// <summary>One invocation inside a sandbox, from its hand-over to its outcome.</summary>
internal sealed class Attempt(InvokeRequest request, TimeSpan startDuration, SandboxStart start, TimeSpan initDuration, long begun, StorageUsage usage)
{
    // Continuations run on the sandbox's reader, after everything that had arrived is handled: no hop to another thread.
    private readonly TaskCompletionSource<InvokeOutcome> _outcome = new();
    private readonly long _readBefore = usage.BytesRead;
    private readonly long _writtenBefore = usage.BytesWritten;
    private InvokeOutcome? _settled;

    public InvokeRequest Request { get; } = request;

    /// <summary>Null: the runtime does not stream its answer, or has not begun to.</summary>
    public StreamedResponse? Response { get; set; }

    public Task<InvokeOutcome> Outcome => _outcome.Task;

    /// <summary>Since the event was sent; for sandboxes that ended without telling a duration.</summary>
    public uint ElapsedMicros(TimeProvider time) => (uint)Math.Min(uint.MaxValue, time.GetElapsedTime(begun).TotalMicroseconds);

    public InvokeOutcome ToOutcome(string sandboxId, in ResultMessage message, FunctionFailure? failure, byte[] payload)
    {
        var duration = TimeSpan.FromMicroseconds(message.DurationMicros);
        return new InvokeOutcome
        {
            Status = failure is null ? InvokeStatus.Succeeded : InvokeStatus.FunctionError,
            Payload = failure is null ? payload : failure.ToDocument(Request.RequestId),
            Start = start,
            Duration = duration,
            BilledDuration = Billing.Round(duration + initDuration),
            InitDuration = initDuration,
            StartDuration = startDuration,
            MaxMemoryUsedMiB = Billing.ToMiB(message.MaxRssKiB),
            StorageReadBytes = usage.BytesRead - _readBefore,
            StorageWrittenBytes = usage.BytesWritten - _writtenBefore,
            SandboxId = sandboxId,
        };
    }

    public void Settle(InvokeOutcome outcome)
    {
        _settled = outcome;
        Response?.End();
    }

    public void Complete() => _outcome.TrySetResult(_settled!);
}
