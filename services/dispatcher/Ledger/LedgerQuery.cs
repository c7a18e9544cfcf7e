namespace Glue.Dispatcher.Ledger;

/// <summary>Which rows: null means any. Newest first.</summary>
public sealed record LedgerQuery
{
    public required string AccountId { get; init; }

    public string? FunctionName { get; init; }

    public InvocationState? State { get; init; }

    public string? Bucket { get; init; }

    /// <summary>The raw object key; only together with <see cref="Bucket"/>.</summary>
    public string? ObjectKey { get; init; }

    /// <summary>Only rows with a smaller <see cref="LedgerEntry.Number"/>: the page behind that row. Rows added meanwhile shift nothing.</summary>
    public long? Before { get; init; }

    /// <summary>1 to 1000.</summary>
    public int Limit { get; init; } = 100;
}
