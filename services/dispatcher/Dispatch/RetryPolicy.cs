using Glue.Contracts.Invocations;
using Glue.Dispatcher.Destinations;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.Dispatch;

/// <summary>
/// What becomes of an asynchronous invocation after an attempt (Lambda Developer Guide, "Asynchronous invocation", read 2026-11): an error of
/// the function is retried twice, a throttle or an error of ours backs off and does not count, and age ends everything.
/// </summary>
/// <remarks>A function's own settings (null: none) stand before the installation's.</remarks>
internal sealed class RetryPolicy(DispatcherOptions options, EventAges ages)
{
    /// <returns>Null: it may run.</returns>
    public Settlement? Refuse(LeasedInvocation leased, DateTimeOffset now, FunctionState? function = null)
    {
        var invocation = leased.Invocation;
        if (invocation.LineageDepth >= options.MaxLineageDepth && function?.AllowsRecursion != true && !TellsOfRecursion(invocation))
        {
            return Settlement.DeadLetter(leased.Lease, RecursionReason(invocation));
        }

        if (function?.ReservedConcurrency == 0)
        {
            // As Lambda's: what comes while a function is stopped goes to its destination or the dead letters at once, to be redriven.
            return Settlement.DeadLetter(leased.Lease, $"Function {invocation.FunctionName} is stopped: its reserved concurrency is 0.");
        }

        return now - invocation.AcceptedAt > MaxAge(leased, function) ? Settlement.DeadLetter(leased.Lease, AgeReason(leased, function, attempt: null)) : null;
    }

    /// <summary>Of one that became too old while it waited; nobody looked at it before.</summary>
    public Settlement TooOld(LeasedInvocation leased, FunctionState? function) => Settlement.DeadLetter(
        leased.Lease,
        OutcomeDeliveries.IsDelivery(leased.Invocation)
            ? $"The destination did not take the record within {MaxAge(leased, function)}."
            : $"{AgeReason(leased, function, attempt: null)} It waited for its turn, or for room under a concurrency limit.");

    public Settlement AfterAttempt(LeasedInvocation leased, AttemptReport attempt, FunctionState? function = null) => attempt.Outcome.Status switch
    {
        InvokeStatus.Succeeded => Settlement.Done(leased.Lease, attempt),
        InvokeStatus.FunctionError => AfterFunctionError(leased, attempt, function),
        _ => AfterNotRun(leased, attempt.FinishedAt, attempt.Outcome.Reason ?? "The worker gave no reason.", function),
    };

    /// <summary>Of a delivery to a destination that is no function: tried until it is too old.</summary>
    public Settlement AfterDelivery(LeasedInvocation leased, AttemptReport attempt)
    {
        if (attempt.Outcome.Status == InvokeStatus.Succeeded)
        {
            return Settlement.Done(leased.Lease, attempt);
        }

        var due = attempt.FinishedAt + Backoff(leased.Postponements);
        return due - leased.Invocation.AcceptedAt > MaxAge(leased, function: null)
            ? Settlement.DeadLetter(leased.Lease, $"The destination did not take the record within {MaxAge(leased, function: null)}. The last time: {attempt.Outcome.Reason}", attempt)
            : Settlement.Postpone(leased.Lease, due, attempt.Outcome.Reason!, attempt);
    }

    /// <summary>A throttle, no room, a defect of ours: nothing of the function ran.</summary>
    public Settlement AfterNotRun(LeasedInvocation leased, DateTimeOffset now, string reason, FunctionState? function = null)
    {
        var due = now + Backoff(leased.Postponements);
        return due - leased.Invocation.AcceptedAt > MaxAge(leased, function)
            ? Settlement.DeadLetter(leased.Lease, $"{AgeReason(leased, function, attempt: null)} It last could not run because: {reason}")
            : Settlement.Postpone(leased.Lease, due, reason);
    }

    private Settlement AfterFunctionError(LeasedInvocation leased, AttemptReport attempt, FunctionState? function)
    {
        if (leased.FunctionErrors >= (function?.EventInvoke?.MaximumRetryAttempts ?? options.RetryDelays.Count))
        {
            return Settlement.DeadLetter(
                leased.Lease, $"The function failed {leased.FunctionErrors + 1} times, the last try included; the error and its log are of the last one.", attempt);
        }

        var due = attempt.FinishedAt + Delay(leased.FunctionErrors);
        return due - leased.Invocation.AcceptedAt > MaxAge(leased, function)
            ? Settlement.DeadLetter(leased.Lease, AgeReason(leased, function, attempt), attempt)
            : Settlement.Retry(leased.Lease, due, attempt);
    }

    private TimeSpan Backoff(int postponements)
    {
        var factor = Math.Pow(2, Math.Min(postponements, 30));
        return TimeSpan.FromTicks((long)Math.Min(options.MaxBackoff.Ticks, options.FirstBackoff.Ticks * factor));
    }

    /// <summary>A function may ask for more retries than the installation has delays: the last one is used again.</summary>
    private TimeSpan Delay(int retry) =>
        options.RetryDelays.Count == 0 ? options.FirstBackoff : options.RetryDelays[Math.Min(retry, options.RetryDelays.Count - 1)];

    private TimeSpan MaxAge(LeasedInvocation leased, FunctionState? function) => ages.Of(leased.Invocation.AccountId, function?.EventInvoke);

    /// <summary>
    /// A function that is to be told that a chain was stopped stands deeper than any that a chain of its own could reach: that one is stopped
    /// at the limit exactly. It runs, and what it causes does not; at twice the limit this ends too, should it be told of itself.
    /// </summary>
    private bool TellsOfRecursion(Invocation invocation) =>
        invocation.Source.Kind == "destination" && invocation.LineageDepth > options.MaxLineageDepth && invocation.LineageDepth < 2 * options.MaxLineageDepth;

    private string AgeReason(LeasedInvocation leased, FunctionState? function, AttemptReport? attempt) =>
        $"The event grew older than its limit of {MaxAge(leased, function)} after {leased.FunctionErrors + (attempt is null ? 0 : 1)} failed attempts.";

    private string RecursionReason(Invocation invocation)
    {
        var cause = invocation.Source is { RuleId: { } rule, Bucket: { } bucket }
            ? $"rule '{rule}' of bucket '{bucket}' fired for '{invocation.Source.ObjectKey}', which a function of the chain had written"
            : $"function '{invocation.FunctionName}' was called by a function of the chain";
        return $"Recursion stopped: {invocation.LineageDepth} functions in a row caused each other (the limit is {options.MaxLineageDepth}); the last time "
            + $"{cause}. Let the function write under another prefix or bucket than its rule watches, "
            + "or set its RecursiveLoop to Allow.";
    }
}
