using Glue.Dispatcher.Functions;
using Glue.StorageEvents.Rules;

namespace Glue.Host.Composition;

/// <summary>What bucket rules need to know of functions, answered by the dispatcher.</summary>
internal sealed class FunctionDirectory(IFunctionCatalog functions) : IFunctionDirectory
{
    public StorageEvents.Rules.FunctionTarget? Find(string functionArn) =>
        functions.Find(functionArn) is { } function ? new(function.Environment) : null;

    public bool AllowsS3(string functionArn, string bucketArn, string bucketAccount) =>
        functions.Find(functionArn)?.AllowsS3(bucketArn, bucketAccount) ?? false;
}
