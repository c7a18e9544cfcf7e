using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Placement;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// Runs an invocation whose caller waits for the answer: admission, the worker, and once per key where the function is idempotent. On
/// the hot path: no SQL, nothing logged unless it fails.
/// </summary>
internal sealed class SyncInvoker(
    ConcurrencyLimits limits, WorkerPool workers, RunningKeys keys, OutcomeStore outcomes, OutcomeKeeper keeper, TimeProvider time, InvokeMetrics metrics,
    ILogger<SyncInvoker> logger)
{
    // Clients give up after a minute, most of them.
    private static readonly TimeSpan KeepPatience = TimeSpan.FromSeconds(30);

    /// <param name="function">As it was named.</param>
    /// <param name="version">Of it, the one that runs.</param>
    /// <param name="request">What it gets.</param>
    /// <param name="left">The caller left: ends the wait for another run of the same key, and nothing that has begun.</param>
    /// <exception cref="LambdaException">It was not run.</exception>
    public Task<SyncOutcome> RunAsync(QualifiedFunction function, FunctionVersion version, InvokeRequest request, CancellationToken left) =>
        function.Function.Idempotency is { } rule && rule.KeyOf(request.Payload) is { } key
            ? RunOnceAsync(function, version, request, key, rule.Ttl, left)
            : RunNowAsync(function, version, request);

    /// <summary>
    /// The same for an answer that is passed on while it is made; returns when it begins or, if it does not come as a stream, when it is all there. An
    /// idempotent function's never does: it is kept before anybody gets it.
    /// </summary>
    public async Task<StreamedRun> StreamAsync(QualifiedFunction function, FunctionVersion version, InvokeRequest request, CancellationToken left)
    {
        var began = new TaskCompletionSource<StreamedBody>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = RunAsync(function, version, request with { Streams = body => began.TrySetResult(body) }, left);
        await Task.WhenAny(began.Task, running);
        return new StreamedRun(began.Task.IsCompletedSuccessfully ? await began.Task : null, running);
    }

    /// <summary>Waits for whoever runs the same key, and answers with what is kept, or runs and keeps a success before it answers.</summary>
    private async Task<SyncOutcome> RunOnceAsync(
        QualifiedFunction function, FunctionVersion version, InvokeRequest request, IdempotencyKey key, TimeSpan ttl, CancellationToken left)
    {
        IDisposable? hold;
        while ((hold = keys.TryHold(key)) is null)
        {
            await keys.WhenFree(key).WaitAsync(left);
        }

        var isHandedOver = false;
        try
        {
            if (outcomes.Find(key) is { } kept)
            {
                return new SyncOutcome(new InvokeOutcome { Status = InvokeStatus.Succeeded, Payload = kept.Payload }, kept.RequestId);
            }

            if (keeper.IsFailing)
            {
                throw LambdaException.Unavailable("Outcomes of idempotent functions cannot be written at present, so nothing ran (is the disk full?). Try again later.");
            }

            var result = await RunNowAsync(function, version, request with { Streams = null });
            if (result.Outcome.Status == InvokeStatus.Succeeded)
            {
                isHandedOver = true;
                await WaitAsync(keeper.KeepAsync(new KeptOutcome(key.Text, request.RequestId, result.Outcome.Payload, time.GetUtcNow() + ttl), hold), left);
            }

            return result;
        }
        finally
        {
            if (!isHandedOver)
            {
                hold.Dispose();
            }
        }
    }

    /// <summary>The answer must not be given before it is on disk; but a caller need not wait for a disk for ever.</summary>
    private async Task WaitAsync(Task keeping, CancellationToken left)
    {
        try
        {
            await keeping.WaitAsync(KeepPatience, time, left);
        }
        catch (TimeoutException)
        {
            throw LambdaException.Unavailable(
                "The function has run and succeeded, but its outcome cannot be written yet (is the disk full?). Repeat the call: it gets this outcome, and the function does not run again.");
        }
    }

    private async Task<SyncOutcome> RunNowAsync(QualifiedFunction function, FunctionVersion version, InvokeRequest request)
    {
        var started = time.GetTimestamp();
        var outcome = await InvokeWorkerAsync(function, version, request);
        metrics.Invoked(outcome.Status, time.GetElapsedTime(started));
        if (outcome.Status == InvokeStatus.NotRun)
        {
            throw LambdaException.Unavailable(outcome.Reason ?? "The function could not be run.");
        }

        return new SyncOutcome(outcome, null);
    }

    private async ValueTask<InvokeOutcome> InvokeWorkerAsync(QualifiedFunction function, FunctionVersion version, InvokeRequest request)
    {
        var admission = limits.TryEnter(AdmissionRequest.Of(function), out var place);
        if (admission != AdmissionResult.Admitted)
        {
            metrics.Throttled();
            throw LambdaException.Throttled(admission);
        }

        try
        {
            var worker = workers.Select(version) ?? throw LambdaException.Unavailable("No worker is connected.");
            try
            {
                // Not the caller's token: as with Lambda, a function once started ends by itself though its caller left.
                return await worker.InvokeAsync(version, request, CancellationToken.None);
            }
            catch (Exception e)
            {
                Log.WorkerFailed(logger, worker.Id, function.State.Name, request.RequestId, e);
                throw LambdaException.Unavailable($"The function could not be run: {e.Message}");
            }
        }
        finally
        {
            limits.Leave(place);
        }
    }
}
