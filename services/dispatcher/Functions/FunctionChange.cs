namespace Glue.Dispatcher.Functions;

/// <summary>What becomes of a function and its versions, in one transaction.</summary>
/// <param name="State">Null: the function is deleted, its versions too.</param>
/// <param name="Published">A version to add.</param>
/// <param name="Removed">A version to remove.</param>
internal sealed record FunctionChange(FunctionState? State, VersionState? Published = null, string? Removed = null);
