using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Placement;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.EventSources;

/// <summary>Runs a function on a batch, once and synchronously: its account's turn, admission, placement.</summary>
internal sealed class BatchInvoker(
    BatchTurns turns, FunctionStore functions, WorkerPool workers, DispatcherOptions options, ILogger<BatchInvoker> logger)
    : IBatchInvoker
{
    public async Task<BatchOutcome> InvokeAsync(
        EventSourceMapping mapping, ReadOnlyMemory<byte> payload, CancellationToken waiting, CancellationToken running)
    {
        using var turn = await turns.TakeAsync(new FunctionKey(mapping.AccountId, mapping.FunctionName, FunctionKey.Queued(mapping.Qualifier)), waiting);
        var requestId = Guid.CreateVersion7().ToString();
        if (functions.Resolve(mapping.AccountId, mapping.FunctionName, mapping.Qualifier) is not { } function)
        {
            return NotRun(requestId, $"Function {mapping.FunctionArn(options.Region)} does not exist (any more).");
        }

        if (!turn.IsAdmitted)
        {
            return NotRun(requestId, $"Function {function.State.Name} is stopped: its reserved concurrency is 0."); // or was, when its turn came
        }

        try
        {
            var version = function.Choose(requestId);
            if (workers.Select(version) is not { } worker)
            {
                return NotRun(requestId, "No worker is connected.");
            }

            var request = new InvokeRequest { RequestId = requestId, Payload = payload, InvokedFunctionArn = function.InvokedArn };
            var outcome = await worker.InvokeAsync(version, request, running);
            if (outcome.Status != InvokeStatus.NotRun)
            {
                turn.HasRun();
            }

            return new BatchOutcome(requestId, version.Version, outcome);
        }
        catch (Exception e) when (!running.IsCancellationRequested)
        {
            Log.InvokeFailed(logger, mapping.Uuid, mapping.FunctionName, e);
            return NotRun(requestId, e.Message);
        }
    }

    private static BatchOutcome NotRun(string requestId, string reason) =>
        new(requestId, FunctionReference.Latest, new InvokeOutcome { Status = InvokeStatus.NotRun, Reason = reason });
}
