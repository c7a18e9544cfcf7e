using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Changes what is set for one qualifier of a function. Not a new revision: running sandboxes stay good.</summary>
internal static class QualifierChange
{
    /// <param name="store">Where.</param>
    /// <param name="call">Whose.</param>
    /// <param name="function">As it was found; it may have been changed or deleted since.</param>
    /// <param name="change">Gets it as it is, and returns its qualifier's settings, or throws and nothing changes.</param>
    public static async Task<QualifiedFunction> ChangeSettingsAsync(
        this FunctionStore store, ApiCall call, QualifiedFunction function, Func<QualifiedFunction, QualifierSettings> change)
    {
        var changed = await store.ChangeAsync(
            call.AccountId,
            function.State.Name,
            zip: null,
            (existing, _) =>
            {
                var now = existing?.Resolve(function.Qualifier) ?? throw LambdaException.FunctionNotFound(function.InvokedArn);
                return existing.State.WithSettings(function.Qualifier, change(now));
            },
            call.Aborted);
        return changed!.Resolve(function.Qualifier)!;
    }
}
