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

    /// <summary>Of <c>lambda:InvokeFunctionUrl</c>: for URLs of this AuthType only; null: of any.</summary>
    public string? FunctionUrlAuthType { get; init; }

    /// <summary>Holds for calls of a function URL only.</summary>
    public bool InvokedViaFunctionUrl { get; init; }

    public bool IsConditional => IsOfSource || IsOfUrl;

    private bool IsOfSource => SourceArn is not null || SourceAccount is not null || IsNeverMet;

    private bool IsOfUrl => FunctionUrlAuthType is not null || InvokedViaFunctionUrl;

    private bool IsNeverMet => EventSourceToken is not null || PrincipalOrgId is not null;

    /// <summary>May S3 invoke the function for this bucket?</summary>
    public bool AllowsS3(string bucketArn, string bucketAccount) =>
        !IsNeverMet && !IsOfUrl &&
        Principal is "s3.amazonaws.com" or "*" &&
        Action is "lambda:InvokeFunction" or "lambda:*" or "*" &&
        (SourceArn is null || ArnPattern.Matches(SourceArn, bucketArn)) &&
        (SourceAccount is null || SourceAccount == bucketAccount);

    /// <summary>
    /// May an account call the function itself? With conditions on a source no: a direct call has none. The principal is an account, its
    /// root, or somebody in it: accounts here have no users of their own.
    /// </summary>
    public bool AllowsAccount(string accountId, string action) =>
        !IsConditional && Allows(accountId, action);

    /// <summary>May somebody call the function's URL?</summary>
    /// <param name="accountId">Whose key signed the request; null: nobody's.</param>
    /// <param name="authType">Of the URL.</param>
    public bool AllowsUrl(string? accountId, string authType) =>
        !IsOfSource && (FunctionUrlAuthType is null || FunctionUrlAuthType == authType) && Allows(accountId, "lambda:InvokeFunctionUrl");

    private bool Allows(string? accountId, string action) =>
        (Principal == "*" || (accountId is not null && (Principal == accountId || Principal.StartsWith($"arn:aws:iam::{accountId}:", StringComparison.Ordinal)))) &&
        (Action == action || Action is "lambda:*" or "*");
}
