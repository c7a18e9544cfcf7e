namespace Glue.Contracts.Storage;

/// <summary>One rule: which changes of which objects go to which function. S3's LambdaFunctionConfiguration.</summary>
public sealed record BucketRule
{
    /// <summary>Unique in the bucket, at most 255 characters; made up by the store when the caller gave none.</summary>
    public required string Id { get; init; }

    /// <summary>The function's ARN, with or without a qualifier.</summary>
    public required string FunctionArn { get; init; }

    /// <summary>With <c>s3:</c>, wildcards as S3's: <c>s3:ObjectCreated:*</c>.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Key prefix, raw; empty matches all.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Key suffix, raw; empty matches all.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>
    /// True: the function may write where the rule would fire again (Glue's extension, header
    /// <c>x-glue-allow-recursion: true</c> of the request that puts the configuration).
    /// </summary>
    public bool AllowsRecursion { get; init; }

    /// <summary>Since when it is there as it is; null: since before that was noted. Set by whoever keeps the rules.</summary>
    public DateTimeOffset? AddedAt { get; init; }
}
