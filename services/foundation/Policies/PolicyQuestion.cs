namespace Glue.Foundation.Policies;

/// <summary>May this account do that there? Asked with every request, so nothing is allocated for it.</summary>
/// <param name="accountId">Who asks; empty: nobody that is known.</param>
/// <param name="action"><c>s3:GetObject</c>.</param>
/// <param name="resource"><c>bucket</c> or <c>bucket/key</c>; empty for what concerns no bucket.</param>
/// <param name="context">Asked only by conditions.</param>
public readonly ref struct PolicyQuestion(string accountId, string action, ReadOnlySpan<char> resource, IPolicyContext context)
{
    public string AccountId { get; } = accountId;

    public string Action { get; } = action;

    public ReadOnlySpan<char> Resource { get; } = resource;

    public IPolicyContext Context { get; } = context;
}
