using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>What tools read around a function: limits and settings nobody set.</summary>
internal sealed class AccountActions(FunctionFinder finder, FunctionStore store, AccountLimits accounts)
{
    private const long TotalCodeBytes = 80_530_636_800; // 75 GB, AWS's default; reported, not enforced

    public Task GetAccountSettingsAsync(ApiCall call)
    {
        var (codeBytes, count) = store.Usage(call.AccountId);
        var concurrency = accounts.Of(call.AccountId).Concurrency;
        var limit = new AccountLimitFields(
            TotalCodeBytes, DeploymentZip.MaxUnpackedBytes, DeploymentZip.MaxZipBytes, concurrency, concurrency - store.ReservedConcurrency(call.AccountId));
        return call.OkAsync(new AccountSettingsResponse(limit, new AccountUsage(codeBytes, count)), ApiJson.Default.AccountSettingsResponse);
    }

    public Task GetFunctionCodeSigningConfigAsync(ApiCall call, string inPath)
    {
        var function = finder.Find(call, inPath, "GetFunctionCodeSigningConfig");
        return call.OkAsync(new CodeSigningResponse(function.State.Name), ApiJson.Default.CodeSigningResponse);
    }
}
