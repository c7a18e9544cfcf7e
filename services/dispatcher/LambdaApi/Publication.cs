using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>PublishVersion, and Publish of CreateFunction and UpdateFunctionCode: <c>$LATEST</c> as it is becomes a version.</summary>
internal static class Publication
{
    /// <param name="state">The function, with whatever else the call changes.</param>
    /// <param name="last">Its last published version, null: none.</param>
    /// <param name="description">The version's own; null: <c>$LATEST</c>'s.</param>
    /// <param name="now">Its time.</param>
    /// <returns>Without a new version where nothing has changed since the last one.</returns>
    public static FunctionChange Of(FunctionState state, VersionState? last, string? description, DateTimeOffset now)
    {
        if (last is not null && state.IsPublishedAs(last))
        {
            return new FunctionChange(state);
        }

        var number = state.LastVersion + 1;
        return new FunctionChange(state with { LastVersion = number }, state.Publish(number, description, Guid.NewGuid().ToString(), now));
    }
}
