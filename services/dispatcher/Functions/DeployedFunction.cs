using Glue.Contracts.Functions;

namespace Glue.Dispatcher.Functions;

/// <summary>A function as the hot path reads it: everything an invocation needs, made once per change.</summary>
internal sealed class DeployedFunction(FunctionState state, string region)
{
    public FunctionState State { get; } = state;

    /// <summary>Without qualifier.</summary>
    public string Arn { get; } = state.Arn(region);

    public FunctionVersion Latest { get; } = state.ToVersion(region);
}
