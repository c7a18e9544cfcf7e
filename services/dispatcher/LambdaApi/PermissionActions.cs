using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>AddPermission, RemovePermission and GetPolicy: a function's resource policy.</summary>
internal sealed class PermissionActions(FunctionFinder finder, FunctionStore store)
{
    public async Task AddPermissionAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.AddPermissionRequest);
        new FieldCheck()
            .Required("statementId", request.StatementId).Length("statementId", request.StatementId, 100)
            .Matches("statementId", request.StatementId, ModelPatterns.Identifier)
            .Required("action", request.Action).Matches("action", request.Action, ModelPatterns.Action)
            .Required("principal", request.Principal).Matches("principal", request.Principal, ModelPatterns.NoSpaces)
            .Matches("sourceArn", request.SourceArn, ModelPatterns.SourceArn)
            .Matches("sourceAccount", request.SourceAccount, ModelPatterns.AccountId)
            .Length("eventSourceToken", request.EventSourceToken, 256).Matches("eventSourceToken", request.EventSourceToken, ModelPatterns.Token)
            .Matches("principalOrgID", request.PrincipalOrgID, ModelPatterns.Organization)
            .OneOf("functionUrlAuthType", request.FunctionUrlAuthType, FunctionUrl.ForAll, FunctionUrl.Signed)
            .Throw();
        if (request.FunctionUrlAuthType is not null && request.Action != "lambda:InvokeFunctionUrl")
        {
            throw LambdaException.InvalidParameter("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action");
        }

        if (request.InvokedViaFunctionUrl == true && request.Action != "lambda:InvokeFunction")
        {
            throw LambdaException.InvalidParameter("InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action");
        }

        if (!IsPrincipal(request.Principal!))
        {
            throw LambdaException.InvalidParameter("The provided principal was invalid. Please check the principal and try again.");
        }

        var statement = new PolicyStatement
        {
            Sid = request.StatementId!,
            Action = request.Action!,
            Principal = request.Principal!,
            SourceArn = request.SourceArn,
            SourceAccount = request.SourceAccount,
            EventSourceToken = request.EventSourceToken,
            PrincipalOrgId = request.PrincipalOrgID,
            FunctionUrlAuthType = request.FunctionUrlAuthType,
            InvokedViaFunctionUrl = request.InvokedViaFunctionUrl == true,
        };
        var function = await ChangeAsync(
            call, inPath, "AddPermission", request.RevisionId, (policy, arn) => PolicyJson.Add(policy, statement, arn));
        var json = PolicyJson.Of(statement, function.InvokedArn);
        await call.OkAsync(new AddPermissionResponse(json), ApiJson.Default.AddPermissionResponse, StatusCodes.Status201Created);
    }

    public async Task RemovePermissionAsync(ApiCall call, string inPath, string sid)
    {
        PolicyJson.CheckSid(sid);
        await ChangeAsync(call, inPath, "RemovePermission", call.Query("RevisionId"), (policy, _) => PolicyJson.Remove(policy, sid));
        await call.NoContentAsync();
    }

    public Task GetPolicyAsync(ApiCall call, string inPath)
    {
        var function = finder.Find(call, inPath, "GetPolicy");
        var policy = function.Settings.Policy;
        return policy.Statements.Count == 0
            ? throw LambdaException.NotFound("The resource you requested does not exist.")
            : call.OkAsync(new GetPolicyResponse(PolicyJson.Of(policy, function.InvokedArn), policy.RevisionId), ApiJson.Default.GetPolicyResponse);
    }

    /// <summary>Everybody, an account, somebody's ARN, or a service, whose names all have dots.</summary>
    private static bool IsPrincipal(string principal) =>
        principal == "*" || ModelPatterns.AccountId.IsMatch(principal)
        || (principal.StartsWith("arn:", StringComparison.Ordinal) ? principal.Split(':') is ["arn", _, "iam" or "sts", _, { Length: 12 }, { Length: > 0 }, ..] : principal.Contains('.', StringComparison.Ordinal));

    /// <summary>What GetFunctionConfiguration or GetAlias shows.</summary>
    private static string RevisionOf(QualifiedFunction function) =>
        function.State.Aliases.TryGetValue(function.Qualifier ?? "", out var alias) ? alias.RevisionId : function.Version.RevisionId;

    private async Task<QualifiedFunction> ChangeAsync(
        ApiCall call, string inPath, string action, string? revisionId, Func<ResourcePolicy, string, ResourcePolicy> change)
    {
        var function = finder.Find(call, inPath, action);
        if (function.Qualifier == FunctionReference.Latest)
        {
            throw LambdaException.InvalidParameter("We currently do not support adding policies for $LATEST.");
        }

        var changed = await store.ChangeAsync(
            call.AccountId,
            function.State.Name,
            zip: null,
            (existing, _) =>
            {
                var now = existing?.Resolve(function.Qualifier) ?? throw LambdaException.FunctionNotFound(function.InvokedArn);
                var settings = now.Settings;
                return revisionId is null || revisionId == settings.Policy.RevisionId || revisionId == RevisionOf(now)
                    ? existing.State.WithSettings(function.Qualifier, settings with { Policy = change(settings.Policy, function.InvokedArn) }) // not a new revision: running sandboxes stay good
                    : throw LambdaException.RevisionMismatch();
            },
            call.Aborted);
        return changed!.Resolve(function.Qualifier)!;
    }
}
