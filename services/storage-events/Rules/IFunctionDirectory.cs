namespace Glue.StorageEvents.Rules;

/// <summary>What rules need to know of functions. Answered by the service that keeps them.</summary>
public interface IFunctionDirectory
{
    /// <summary>The function an ARN names, by its alias or version where the ARN has one. Null: there is none.</summary>
    FunctionTarget? Find(string functionArn);

    /// <summary>
    /// Whether the function's resource policy lets <c>s3.amazonaws.com</c> invoke it for this bucket
    /// (conditions <c>aws:SourceArn</c> and <c>aws:SourceAccount</c> of AddPermission).
    /// </summary>
    bool AllowsS3(string functionArn, string bucketArn, string bucketAccount);
}
