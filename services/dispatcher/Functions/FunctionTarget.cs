namespace Glue.Dispatcher.Functions;

/// <summary>A deployed function as the owner of bucket rules sees it.</summary>
public sealed class FunctionTarget
{
    private readonly ResourcePolicy _policy;

    internal FunctionTarget(QualifiedFunction function)
    {
        _policy = function.Settings.Policy;
        AccountId = function.State.AccountId;
        Name = function.State.Name;
        Qualifier = function.Qualifier;
        Environment = function.Version.Environment;
    }

    public string AccountId { get; }

    public string Name { get; }

    /// <summary>As named in the ARN; null for none.</summary>
    public string? Qualifier { get; }

    /// <summary>The user's variables; may hold secrets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Does the resource policy of the function, or of the qualifier where one is named, let S3 invoke it for this bucket?</summary>
    /// <param name="bucketArn"><c>arn:aws:s3:::BUCKET</c></param>
    /// <param name="bucketAccount">The bucket's owner, 12 digits.</param>
    public bool AllowsS3(string bucketArn, string bucketAccount) => _policy.AllowsS3(bucketArn, bucketAccount);
}
