namespace Glue.Dispatcher.Functions;

/// <summary>What a change does to the references to code: a digest stands as often as it is named.</summary>
/// <param name="More">Named by what is new.</param>
/// <param name="Less">Named by what is gone.</param>
internal readonly record struct CodeReferences(IReadOnlyCollection<string> More, IReadOnlyCollection<string> Less)
{
    public static CodeReferences Unchanged { get; } = new([], []);

    /// <param name="before">Null: it was not there.</param>
    /// <param name="after">Null: it was deleted.</param>
    /// <param name="change">What led from the one to the other.</param>
    public static CodeReferences Of(DeployedFunction? before, DeployedFunction? after, FunctionChange change) => after is null
        ? new([], [.. before?.CodeInUse ?? []])
        : new(
            [.. after.State.CodeInUse, .. change.Published?.CodeInUse ?? []],
            [.. before?.State.CodeInUse ?? [], .. change.Removed is { } removed ? before?.Versions.Find(removed)?.CodeInUse ?? [] : []]);
}
