namespace Glue.Contracts.Invocations;

/// <summary>What caused an invocation, kept in the ledger.</summary>
/// <param name="Kind"><c>s3</c> (a bucket rule), <c>api</c> (Invoke with InvocationType Event), later <c>schedule</c>, <c>destination</c>.</param>
/// <param name="RuleId">The bucket rule's id, for <c>s3</c>.</param>
/// <param name="Bucket">Bucket name, for <c>s3</c>.</param>
/// <param name="ObjectKey">The raw (decoded) object key, for <c>s3</c>.</param>
/// <param name="Sequencer">The store's sequencer of the record, for <c>s3</c>.</param>
public sealed record InvocationSource(string Kind, string? RuleId = null, string? Bucket = null, string? ObjectKey = null, string? Sequencer = null)
{
    /// <summary>An asynchronous Invoke call.</summary>
    public static InvocationSource Api { get; } = new("api");
}
