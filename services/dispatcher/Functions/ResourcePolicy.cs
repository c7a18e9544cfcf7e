namespace Glue.Dispatcher.Functions;

/// <summary>A function's resource policy: who but its own account may invoke it.</summary>
/// <param name="RevisionId">Changes with every change of the policy; empty while there is none.</param>
/// <param name="Statements">In the order they were added.</param>
internal sealed record ResourcePolicy(string RevisionId, IReadOnlyList<PolicyStatement> Statements)
{
    public static ResourcePolicy Empty { get; } = new("", []);

    public bool AllowsS3(string bucketArn, string bucketAccount) => Statements.Any(statement => statement.AllowsS3(bucketArn, bucketAccount));

    public bool AllowsAccount(string accountId, string action) => Statements.Any(statement => statement.AllowsAccount(accountId, action));

    public bool AllowsUrl(string? accountId, string authType) => Statements.Any(statement => statement.AllowsUrl(accountId, authType));

    public PolicyStatement? Find(string sid) => Statements.FirstOrDefault(statement => statement.Sid == sid);

    public ResourcePolicy With(PolicyStatement statement, string revisionId) => new(revisionId, [.. Statements, statement]);

    public ResourcePolicy Without(string sid, string revisionId) => new(revisionId, [.. Statements.Where(statement => statement.Sid != sid)]);
}
