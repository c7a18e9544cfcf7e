using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>AddLayerVersionPermission, GetLayerVersionPolicy and RemoveLayerVersionPermission: who but its account may use a layer version (Lambda API Reference, read 2026-11).</summary>
internal sealed class LayerPermissionActions(LayerStore layers, DispatcherOptions options)
{
    public async Task AddAsync(ApiCall call, string layer, string number)
    {
        var request = call.Json(ApiJson.Default.AddLayerPermissionRequest);
        new FieldCheck()
            .Required("statementId", request.StatementId).Length("statementId", request.StatementId, 100)
            .Matches("statementId", request.StatementId, ModelPatterns.Identifier)
            .Required("action", request.Action).OneOf("action", request.Action, LayerRules.GetLayerVersion)
            .Required("principal", request.Principal).Matches("principal", request.Principal, ModelPatterns.LayerPrincipal)
            .Matches("organizationId", request.OrganizationId, ModelPatterns.Organization)
            .Throw();
        FunctionRules.Refuse(request.OrganizationId is not null, "OrganizationId", "name the account, or * for all");
        var statement = new PolicyStatement { Sid = request.StatementId!, Action = request.Action!, Principal = request.Principal! };
        var changed = await ChangeAsync(call, layer, number, (policy, arn) => PolicyJson.Add(policy, statement, arn));
        var answer = new AddLayerPermissionResponse(PolicyJson.Of(statement, Arn(changed)), changed.Policy.RevisionId);
        await call.OkAsync(answer, ApiJson.Default.AddLayerPermissionResponse, StatusCodes.Status201Created);
    }

    public Task GetAsync(ApiCall call, string layer, string number)
    {
        var version = layers.Find(call.AccountId, LayerActions.Name(call, layer), LayerActions.Number(number)) ?? throw LayerActions.Missing();
        return version.Policy.Statements.Count == 0
            ? throw LambdaException.NotFound("No policy is associated with the given resource.")
            : call.OkAsync(new GetPolicyResponse(PolicyJson.Of(version.Policy, Arn(version)), version.Policy.RevisionId), ApiJson.Default.GetPolicyResponse);
    }

    public async Task RemoveAsync(ApiCall call, string layer, string number, string sid)
    {
        PolicyJson.CheckSid(sid);
        await ChangeAsync(call, layer, number, (policy, _) => PolicyJson.Remove(policy, sid));
        await call.NoContentAsync();
    }

    private async Task<LayerVersionState> ChangeAsync(ApiCall call, string layer, string number, Func<ResourcePolicy, string, ResourcePolicy> change)
    {
        var (name, version) = (LayerActions.Name(call, layer), LayerActions.Number(number));
        var arn = Arn(call.AccountId, name, version);
        return await layers.ChangePolicyAsync(
            call.AccountId, name, version,
            policy => call.Query("RevisionId") is { } seen && seen != policy.RevisionId ? throw LambdaException.RevisionMismatch() : change(policy, arn),
            call.Aborted) ?? throw LayerActions.Missing();
    }

    private string Arn(LayerVersionState layer) => Arn(layer.AccountId, layer.Name, layer.Version);

    private string Arn(string accountId, string name, int version) => $"arn:aws:lambda:{options.Region}:{accountId}:layer:{name}:{version}";
}
