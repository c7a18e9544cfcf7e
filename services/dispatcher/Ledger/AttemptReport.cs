using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.Ledger;

/// <summary>What the ledger keeps of an attempt that ran.</summary>
/// <param name="StartedAt">When it was handed to the worker.</param>
/// <param name="FinishedAt">When its outcome was there.</param>
/// <param name="Outcome">Durations, start kind, sandbox; the error document and log tail are kept for failures only.</param>
public sealed record AttemptReport(DateTimeOffset StartedAt, DateTimeOffset FinishedAt, InvokeOutcome Outcome);
