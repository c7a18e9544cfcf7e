using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>PublishVersion and ListVersionsByFunction (Lambda API Reference, read 2026-11).</summary>
internal sealed class VersionActions(FunctionStore functions, FunctionFinder finder, TimeProvider time, FunctionConfigurations configurations)
{
    public async Task PublishVersionAsync(ApiCall call, string inPath)
    {
        var request = call.JsonOrEmpty(ApiJson.Default.PublishVersionRequest) ?? new PublishVersionRequest();
        new FieldCheck().Length("description", request.Description, 256).Throw();
        FunctionRules.CheckPublishTo(request.PublishTo);
        var name = finder.FindWhole(call, inPath, "PublishVersion").State.Name;
        FunctionChange? made = null;
        var changed = await functions.ChangeVersionsAsync(
            call.AccountId,
            name,
            zip: null,
            (existing, _) =>
            {
                var state = finder.Existing(existing, call.AccountId, name, request.RevisionId);
                if (request.CodeSha256 is { Length: > 0 } wanted && wanted != state.CodeSha256)
                {
                    throw LambdaException.InvalidParameter(
                        $"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({state.CodeSha256}). Please try again with the CodeSHA256 in $LATEST.");
                }

                return made = Publication.Of(state, existing!.Versions.Last, request.Description, time.GetUtcNow());
            },
            call.Aborted);
        var version = made!.Published ?? changed!.Versions.Last!;
        await call.OkAsync(
            configurations.Of(version, $"{changed!.Arn}:{version.Version}"), ApiJson.Default.FunctionConfiguration, StatusCodes.Status201Created);
    }

    public Task ListVersionsByFunctionAsync(ApiCall call, string inPath)
    {
        var function = finder.FindWhole(call, inPath, "ListVersionsByFunction");
        var after = Page.After(call) is { } marker ? VersionNumber.Of(marker) : -1;
        var versions = function.Versions.Prepend(function.State).Where(version => VersionNumber.Of(version) > after);
        var (page, next) = Page.Of(call, versions, static version => version.Version);
        var shown = page.Select(version => configurations.Of(version, $"{function.Arn}:{version.Version}")).ToList();
        return call.OkAsync(new ListVersionsResponse(shown, next), ApiJson.Default.ListVersionsResponse);
    }
}
