namespace Glue.Dispatcher.Functions;

/// <summary>Lambda's runtime management of one version. Kept and shown; which runtime runs it is the installation's alone (docs/runtimes.md).</summary>
/// <param name="UpdateRuntimeOn"><see cref="Auto"/>, <see cref="FunctionUpdate"/> or <see cref="Manual"/>.</param>
/// <param name="RuntimeVersionArn">With <see cref="Manual"/>: what it was pinned to.</param>
internal sealed record RuntimeManagement(string UpdateRuntimeOn, string? RuntimeVersionArn)
{
    public const string Auto = "Auto", FunctionUpdate = "FunctionUpdate", Manual = "Manual";
}
