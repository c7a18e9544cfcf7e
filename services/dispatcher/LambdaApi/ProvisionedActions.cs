using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Placement;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// PutProvisionedConcurrencyConfig, GetProvisionedConcurrencyConfig, ListProvisionedConcurrencyConfigs and DeleteProvisionedConcurrencyConfig (Lambda
/// API Reference, read 2026-11).
/// </summary>
internal sealed class ProvisionedActions(
    FunctionStore store, FunctionFinder finder, AccountLimits accounts, ProvisionedConcurrencyPlan plan, TimeProvider time)
{
    private const string Field = "provisionedConcurrentExecutions";

    public async Task PutAsync(ApiCall call, string inPath)
    {
        var wanted = call.Json(ApiJson.Default.ProvisionedRequest).ProvisionedConcurrentExecutions;
        new FieldCheck().Required(Field, wanted).Range(Field, wanted, 1, int.MaxValue).Throw();
        var function = Named(call, inPath, "PutProvisionedConcurrencyConfig", "Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
        var config = new ProvisionedConcurrency(wanted!.Value, time.GetUtcNow());
        var changed = await store.ChangeSettingsAsync(call, function, now =>
        {
            ProvisionedRules.CheckOthers(now.Function.State, function.Qualifier!);
            CheckLimits(call.AccountId, now, config.Requested);
            return now.Settings with { Provisioned = config };
        });
        await call.OkAsync(new ProvisionedResponse(config, plan.StateOf(changed)), ApiJson.Default.ProvisionedResponse, StatusCodes.Status202Accepted);
    }

    public Task GetAsync(ApiCall call, string inPath)
    {
        var function = Named(call, inPath, "GetProvisionedConcurrencyConfig");
        return function.Settings.Provisioned is { } config
            ? call.OkAsync(new ProvisionedResponse(config, plan.StateOf(function)), ApiJson.Default.ProvisionedResponse)
            : throw new LambdaException(
                404, "ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found for this function");
    }

    public Task ListAsync(ApiCall call, string inPath)
    {
        var function = finder.FindWhole(call, inPath, "ListProvisionedConcurrencyConfigs");
        var after = Page.After(call);
        var all = function.State.Qualified.Where(each =>
            each.Value.Provisioned is not null && (after is null || string.CompareOrdinal(each.Key, after) > 0));
        var (page, next) = Page.Of(call, all, static each => each.Key, most: 50);
        var shown = page.Select(each => function.Resolve(each.Key)!)
            .Select(each => new ProvisionedListItem(each.InvokedArn, each.Settings.Provisioned!, plan.StateOf(each))).ToList();
        return call.OkAsync(new ProvisionedList(shown, next), ApiJson.Default.ProvisionedList);
    }

    public async Task DeleteAsync(ApiCall call, string inPath)
    {
        await store.ChangeSettingsAsync(
            call, Named(call, inPath, "DeleteProvisionedConcurrencyConfig"), static function => function.Settings with { Provisioned = null });
        await call.NoContentAsync();
    }

    private QualifiedFunction Named(
        ApiCall call, string inPath, string action, string unpublished = "The function resource provided must be an alias or a published version.")
    {
        var reference = call.Function(inPath, action);
        if (reference.Qualifier is null)
        {
            new FieldCheck().Required("qualifier", null).Throw();
        }

        var function = finder.Find(call.AccountId, reference);
        return function.Version.Version == FunctionReference.Latest ? throw LambdaException.InvalidParameter(unpublished) : function;
    }

    private void CheckLimits(string accountId, QualifiedFunction function, int requested)
    {
        var state = function.Function.State;
        var ofFunction = state.ProvisionedConcurrency - (function.Settings.Provisioned?.Requested ?? 0) + requested;
        if (state.ReservedConcurrency is { } reserved)
        {
            if (ofFunction > reserved)
            {
                throw LambdaException.InvalidParameter("Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function");
            }

            return;
        }

        var limit = accounts.Of(accountId).Concurrency;
        var unreserved = limit - (store.SetAsideConcurrency(accountId) - state.SetAsideConcurrency);
        if (ofFunction > unreserved)
        {
            throw LambdaException.InvalidParameter($"Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{unreserved}].");
        }

        var least = ConcurrencyActions.LeastUnreserved(limit);
        if (unreserved - ofFunction < least)
        {
            throw LambdaException.InvalidParameter(
                $"Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [{least}].");
        }
    }
}
