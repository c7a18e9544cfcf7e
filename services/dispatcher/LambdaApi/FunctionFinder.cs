using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>From what a path names to what there is, with AWS's errors for what there is not.</summary>
internal sealed class FunctionFinder(FunctionStore functions, DispatcherOptions options)
{
    private const string FunctionsOnly = "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation.";

    /// <summary>By name and qualifier.</summary>
    /// <exception cref="LambdaException">ResourceNotFoundException and the like.</exception>
    public QualifiedFunction Find(ApiCall call, string inPath, string action) => Find(call.AccountId, call.Function(inPath, action));

    /// <inheritdoc cref="Find(ApiCall, string, string)"/>
    public QualifiedFunction Find(string accountId, FunctionReference reference) =>
        functions.Resolve(accountId, reference.Name, reference.Qualifier) ?? throw NotFound(accountId, reference);

    /// <summary>For actions on a function as a whole; <c>$LATEST</c> may be said.</summary>
    /// <exception cref="LambdaException">A version or alias is named, or it is not there.</exception>
    public DeployedFunction FindWhole(ApiCall call, string inPath, string action, bool allowsLatest = true)
    {
        var reference = call.Function(inPath, action);
        return reference.Qualifier is null || (allowsLatest && reference.Qualifier == FunctionReference.Latest)
            ? Find(call.AccountId, reference with { Qualifier = null }).Function
            : throw LambdaException.InvalidParameter(FunctionsOnly);
    }

    /// <summary>What a change found, or AWS's error when it has been deleted meanwhile.</summary>
    public FunctionState Existing(DeployedFunction? function, string accountId, string name) =>
        function?.State ?? throw NotFound(accountId, new FunctionReference(null, null, name, null));

    /// <summary>As <see cref="Existing(DeployedFunction, string, string)"/>, and at the revision that the caller saw.</summary>
    public FunctionState Existing(DeployedFunction? function, string accountId, string name, string? revisionId)
    {
        var state = Existing(function, accountId, name);
        return revisionId is null || revisionId == state.RevisionId ? state : throw LambdaException.RevisionMismatch();
    }

    public string Arn(string accountId, string name) => $"arn:aws:lambda:{options.Region}:{accountId}:function:{name}";

    private LambdaException NotFound(string accountId, FunctionReference reference)
    {
        var arn = Arn(accountId, reference.Name);
        return LambdaException.FunctionNotFound(reference.Qualifier is null ? arn : $"{arn}:{reference.Qualifier}");
    }
}
