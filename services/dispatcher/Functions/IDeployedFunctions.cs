namespace Glue.Dispatcher.Functions;

/// <summary>What the dispatch of an invocation asks of functions: a lookup in memory.</summary>
internal interface IDeployedFunctions
{
    /// <returns>Null when the function or its version or alias does not exist.</returns>
    QualifiedFunction? Resolve(string accountId, string name, string? qualifier);
}
