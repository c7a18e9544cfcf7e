namespace Glue.Dispatcher.Functions;

/// <summary>What other services may ask about functions. A lookup in memory.</summary>
public interface IFunctionCatalog
{
    /// <param name="functionArn">Full ARN, with or without qualifier.</param>
    /// <returns>Null: not an ARN of this region, no such function, or no such version or alias.</returns>
    FunctionTarget? Find(string functionArn);
}
