using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>PutFunctionConcurrency, GetFunctionConcurrency and DeleteFunctionConcurrency: reserved concurrency.</summary>
internal sealed class ConcurrencyActions(FunctionFinder finder, FunctionStore store, AccountLimits accounts)
{
    public async Task PutAsync(ApiCall call, string inPath)
    {
        var wanted = call.Json(ApiJson.Default.ConcurrencyBody).ReservedConcurrentExecutions;
        new FieldCheck().Required("reservedConcurrentExecutions", wanted).Range("reservedConcurrentExecutions", wanted, 0, int.MaxValue).Throw();
        await SetAsync(call, inPath, "PutFunctionConcurrency", wanted);
        await call.OkAsync(new ConcurrencyBody(wanted), ApiJson.Default.ConcurrencyBody);
    }

    public Task GetAsync(ApiCall call, string inPath)
    {
        var function = finder.FindWhole(call, inPath, "GetFunctionConcurrency", allowsLatest: false);
        return call.OkAsync(new ConcurrencyBody(function.State.ReservedConcurrency), ApiJson.Default.ConcurrencyBody);
    }

    public async Task DeleteAsync(ApiCall call, string inPath)
    {
        await SetAsync(call, inPath, "DeleteFunctionConcurrency", reserved: null);
        await call.NoContentAsync();
    }

    /// <summary>Below this the account's other functions could not work; AWS's 100, or a tenth of a small account.</summary>
    public static int LeastUnreserved(int limit) => Math.Min(100, limit / 10);

    private async Task SetAsync(ApiCall call, string inPath, string action, int? reserved)
    {
        var function = finder.FindWhole(call, inPath, action, allowsLatest: false);
        var limit = accounts.Of(call.AccountId).Concurrency;
        await store.ChangeAsync(
            call.AccountId,
            function.State.Name,
            zip: null,
            (existing, _) =>
            {
                var state = existing?.State ?? throw LambdaException.FunctionNotFound(function.Arn);
                if (reserved < state.ProvisionedConcurrency)
                {
                    throw LambdaException.InvalidParameter(
                        $"ReservedConcurrentExecutions {reserved} should not be lower than function's total provisioned concurrency [{state.ProvisionedConcurrency}].");
                }

                var others = store.SetAsideConcurrency(call.AccountId) - state.SetAsideConcurrency;
                return limit - others - (reserved ?? 0) >= LeastUnreserved(limit) || reserved is null
                    ? state with { ReservedConcurrency = reserved } // not a new revision: running sandboxes stay good
                    : throw LambdaException.InvalidParameter(
                        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of "
                        + $"[{LeastUnreserved(limit)}].");
            },
            call.Aborted);
    }
}
