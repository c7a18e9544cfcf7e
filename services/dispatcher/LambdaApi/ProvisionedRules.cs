using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Lambda: a version is provisioned by its own number or by one alias, not by both.</summary>
internal static class ProvisionedRules
{
    /// <param name="state">The function as it is to be.</param>
    /// <param name="qualifier">A qualifier of it that is provisioned, or is to be.</param>
    /// <exception cref="LambdaException">What it names is provisioned by another qualifier.</exception>
    public static void CheckOthers(FunctionState state, string qualifier)
    {
        var alias = state.Aliases.GetValueOrDefault(qualifier);
        foreach (var (other, _) in state.Qualified.Where(each => each.Value.Provisioned is not null && each.Key != qualifier))
        {
            if (!VersionsOf(state, other).Intersect(VersionsOf(state, qualifier)).Any())
            {
                continue;
            }

            throw LambdaException.Conflict(alias is null
                ? "Version is pointed by a Provisioned Concurrency alias"
                : "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
        }
    }

    private static IEnumerable<string?> VersionsOf(FunctionState state, string qualifier) => state.Aliases.GetValueOrDefault(qualifier) is { } alias
        ? new[] { alias.FunctionVersion, alias.AdditionalVersion }.Where(static version => version is not null)
        : [qualifier];
}
