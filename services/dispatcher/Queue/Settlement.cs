using Glue.Contracts.Invocations;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Ledger;

namespace Glue.Dispatcher.Queue;

/// <summary>The end of one lease.</summary>
public sealed record Settlement
{
    private Settlement(Lease lease, SettlementKind kind) => (Lease, Kind) = (lease, kind);

    public Lease Lease { get; }

    public SettlementKind Kind { get; }

    /// <summary>For <see cref="SettlementKind.Retry"/> and <see cref="SettlementKind.Postpone"/>.</summary>
    public DateTimeOffset DueAt { get; private init; }

    /// <summary>Why it was postponed or given up, in a sentence for people; null otherwise.</summary>
    public string? Reason { get; private init; }

    /// <summary>The attempt, when there was one.</summary>
    public AttemptReport? Attempt { get; private init; }

    /// <summary>An invocation that is enqueued with it, in the same transaction; null: none.</summary>
    public Invocation? Follower { get; init; }

    /// <summary>An outcome that is kept for later events of the same idempotency key, in the same transaction; null: none.</summary>
    public KeptOutcome? Keeps { get; init; }

    /// <summary>What the attempt holds until this is on disk, or never will be; whoever settles lets it go. Null: nothing.</summary>
    public IDisposable? Holds { get; init; }

    public static Settlement Done(Lease lease, AttemptReport attempt) => new(lease, SettlementKind.Done) { Attempt = attempt };

    /// <summary>Nothing ran: an outcome that was kept stands for its own.</summary>
    public static Settlement Repeated(Lease lease, KeptOutcome outcome) => new(lease, SettlementKind.Done)
    {
        Reason = $"Nothing ran: invocation {outcome.RequestId} had the same idempotency key and succeeded.",
    };

    public static Settlement Retry(Lease lease, DateTimeOffset dueAt, AttemptReport attempt) =>
        new(lease, SettlementKind.Retry) { DueAt = dueAt, Attempt = attempt };

    /// <param name="lease">The entry.</param>
    /// <param name="dueAt">When it is tried again.</param>
    /// <param name="reason">Why it could not run.</param>
    /// <param name="attempt">What was tried all the same, and held its place: a delivery. Null: nothing.</param>
    public static Settlement Postpone(Lease lease, DateTimeOffset dueAt, string reason, AttemptReport? attempt = null) =>
        new(lease, SettlementKind.Postpone) { DueAt = dueAt, Reason = reason, Attempt = attempt };

    public static Settlement DeadLetter(Lease lease, string reason, AttemptReport? attempt = null) =>
        new(lease, SettlementKind.DeadLetter) { Reason = reason, Attempt = attempt };

    public static Settlement Release(Lease lease) => new(lease, SettlementKind.Release);
}
