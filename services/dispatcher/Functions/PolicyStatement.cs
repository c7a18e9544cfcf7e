namespace Glue.Dispatcher.Functions;

/// <summary>One permission of a function's resource policy, as AddPermission gave it.</summary>
internal sealed record PolicyStatement
{
    /// <summary>Unique in the policy.</summary>
    public required string Sid { get; init; }

    /// <summary><c>lambda:InvokeFunction</c>, <c>lambda:*</c>, …</summary>
    public required string Action { get; init; }

    /// <summary>A service (<c>s3.amazonaws.com</c>), an account, an ARN, or <c>*</c>.</summary>
    public required string Principal { get; init; }

    /// <summary>Null: any. May hold <c>*</c> and <c>?</c>.</summary>
    public string? SourceArn { get; init; }

    /// <summary>Null: any.</summary>
    public string? SourceAccount { get; init; }

    /// <summary>A condition that no call here meets: nothing here sends such a token. Null: none.</summary>
    public string? EventSourceToken { get; init; }

    /// <summary>A condition that no call here meets: accounts here are in no organization. Null: none.</summary>
    public string? PrincipalOrgId { get; init; }

    public bool IsConditional => SourceArn is not null || SourceAccount is not null || IsNeverMet;

    private bool IsNeverMet => EventSourceToken is not null || PrincipalOrgId is not null;

    /// <summary>May S3 invoke the function for this bucket?</summary>
    public bool AllowsS3(string bucketArn, string bucketAccount) =>
        !IsNeverMet &&
        Principal is "s3.amazonaws.com" or "*" &&
        Action is "lambda:InvokeFunction" or "lambda:*" or "*" &&
        (SourceArn is null || ArnPattern.Matches(SourceArn, bucketArn)) &&
        (SourceAccount is null || SourceAccount == bucketAccount);

    /// <summary>
    /// May an account call the function itself? With conditions on a source no: a direct call has none. The principal is an account, its
    /// root, or somebody in it: accounts here have no users of their own.
    /// </summary>
    public bool AllowsAccount(string accountId, string action) =>
        !IsConditional &&
        (Principal == "*" || Principal == accountId || Principal.StartsWith($"arn:aws:iam::{accountId}:", StringComparison.Ordinal)) &&
        (Action == action || Action is "lambda:*" or "*");
}
