using Glue.Contracts.Invocations;
using Glue.Contracts.Storage;
using Glue.Dispatcher.Destinations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Placement;
using Glue.Dispatcher.Queue;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Dispatch;

/// <summary>One attempt of one leased invocation: may it run, where, and what its outcome means.</summary>
internal sealed class AttemptRunner(
    IDeployedFunctions functions,
    IServicePolicy limits,
    WorkerPool workers,
    RetryPolicy policy,
    OutcomeDestinations destinations,
    OutcomeDeliveries deliveries,
    RunningKeys keys,
    IKeptOutcomes outcomes,
    TimeProvider time,
    DispatchMetrics metrics,
    ILogger<AttemptRunner> logger)
{
    /// <remarks>
    /// A defect that one event meets is that event's alone: it backs off and ends as a dead letter. Thrown further it would end the process, and
    /// the event would meet it again at every start.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token ended the attempt; nothing is known of it.</exception>
    public async Task<Settlement> RunAsync(LeasedInvocation leased, CancellationToken cancellationToken)
    {
        try
        {
            return await AttemptAsync(leased, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.AttemptBroke(logger, leased.Invocation.Id, leased.Invocation.FunctionName, e);
            return policy.AfterNotRun(leased, time.GetUtcNow(), $"Glue itself failed at this event: {e.Message}");
        }
        finally
        {
            if (leased.Place is { } place)
            {
                limits.Leave(place);
            }
        }
    }

    /// <summary>Nothing runs: the event has become too old where it waited.</summary>
    public Settlement GiveUp(LeasedInvocation leased)
    {
        var invocation = leased.Invocation;
        var function = functions.Resolve(invocation.AccountId, invocation.FunctionName, invocation.Qualifier);
        var settlement = policy.TooOld(leased, function?.State);
        try
        {
            return destinations.Tell(settlement, leased, function);
        }
        catch (Exception e)
        {
            Log.AttemptBroke(logger, invocation.Id, invocation.FunctionName, e);
            return settlement; // its dead letter stays
        }
    }

    private async Task<Settlement> AttemptAsync(LeasedInvocation leased, CancellationToken cancellationToken)
    {
        var invocation = leased.Invocation;
        var startedAt = time.GetUtcNow();
        if (OutcomeDeliveries.IsDelivery(invocation))
        {
            var delivered = await deliveries.DeliverAsync(invocation, cancellationToken);
            return policy.AfterDelivery(leased, new AttemptReport(startedAt, time.GetUtcNow(), delivered));
        }

        var found = functions.Resolve(invocation.AccountId, invocation.FunctionName, invocation.Qualifier);
        if (policy.Refuse(leased, startedAt, found?.State) is { } refused)
        {
            return destinations.Tell(refused, leased, found);
        }

        if (found is not { } function)
        {
            var name = invocation.Qualifier is null ? invocation.FunctionName : $"{invocation.FunctionName}:{invocation.Qualifier}";
            return Settlement.DeadLetter(leased.Lease, $"Function '{name}' does not exist (any more). Deploy it, or remove the rule that names it.");
        }

        return function.Function.Idempotency is { } rule && rule.KeyOf(invocation.Payload) is { } key
            ? await RunOnceAsync(leased, function, key, rule.Ttl, startedAt, cancellationToken)
            : await RunAdmittedAsync(leased, function, startedAt, cancellationToken);
    }

    /// <summary>Of the events with one idempotency key one at a time, and none once one has succeeded.</summary>
    private async Task<Settlement> RunOnceAsync(
        LeasedInvocation leased, QualifiedFunction function, IdempotencyKey key, TimeSpan ttl, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        if (keys.TryHold(key) is not { } hold)
        {
            // It gives its place to others meanwhile: duplicates of a slow event must not fill them all.
            return destinations.Tell(
                policy.AfterNotRun(leased, startedAt, "Another invocation with the same idempotency key runs; its outcome will stand for this one's.", function.State),
                leased,
                function);
        }

        try
        {
            if (outcomes.Find(key) is { } kept)
            {
                return Settlement.Repeated(leased.Lease, kept) with { Holds = hold };
            }

            var settlement = await RunAdmittedAsync(leased, function, startedAt, cancellationToken);
            return settlement is { Kind: SettlementKind.Done, Attempt.Outcome.Payload: var payload }
                ? settlement with { Holds = hold, Keeps = new KeptOutcome(key.Text, leased.Invocation.Id, payload, time.GetUtcNow() + ttl) }
                : settlement with { Holds = hold };
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    private async Task<Settlement> RunAdmittedAsync(
        LeasedInvocation leased, QualifiedFunction function, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var invocation = leased.Invocation;
        if (leased.Place is null)
        {
            return Settlement.Release(leased.Lease); // it was deployed, or let run again, since it was leased
        }

        metrics.Started(startedAt - invocation.AcceptedAt);
        var outcome = await InvokeAsync(function, invocation, cancellationToken);
        var report = new AttemptReport(startedAt, time.GetUtcNow(), outcome);
        metrics.Finished(outcome);
        return destinations.Tell(policy.AfterAttempt(leased, report, function.State), leased, function);
    }

    private async Task<InvokeOutcome> InvokeAsync(QualifiedFunction function, Invocation invocation, CancellationToken cancellationToken)
    {
        var version = function.Choose(invocation.Id);
        if (workers.Select(version) is not { } worker)
        {
            return NotRun("No worker is connected.");
        }

        var request = new InvokeRequest
        {
            RequestId = invocation.Id,
            Payload = invocation.Payload,
            InvokedFunctionArn = function.InvokedArn,
            TraceParent = invocation.TraceParent,
            LineageDepth = invocation.LineageDepth,
            Store = invocation.Source.Bucket is { } bucket ? BucketAddress.Parse(bucket).Store : null,
            WantsLogTail = true, // nobody knows yet whether this attempt fails and its log is wanted
        };
        try
        {
            return await worker.InvokeAsync(version, request, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            Log.WorkerFailed(logger, invocation.Id, function.State.Name, worker.Id, e);
            return NotRun($"Worker {worker.Id} failed: {e.Message}");
        }
    }

    private static InvokeOutcome NotRun(string reason) => new() { Status = InvokeStatus.NotRun, Reason = reason };
}
