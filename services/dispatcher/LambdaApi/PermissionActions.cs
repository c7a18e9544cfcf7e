using System.Buffers;
using System.Text;
using System.Text.Json;
using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>AddPermission, RemovePermission and GetPolicy: a function's resource policy.</summary>
internal sealed class PermissionActions(FunctionFinder finder, FunctionStore store)
{
    private const int MaxPolicyBytes = 20 * 1024;

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
            .Throw();
        FunctionRules.Refuse(request.PrincipalOrgID is not null, "PrincipalOrgID", "name the account");
        FunctionRules.Refuse(request.FunctionUrlAuthType is not null, "FunctionUrlAuthType", "function URLs are not served yet");
        FunctionRules.Refuse(request.EventSourceToken is not null, "EventSourceToken", "use SourceArn or SourceAccount");
        var statement = new PolicyStatement
        {
            Sid = request.StatementId!,
            Action = request.Action!,
            Principal = request.Principal!,
            SourceArn = request.SourceArn,
            SourceAccount = request.SourceAccount,
        };
        var function = await ChangeAsync(call, inPath, "AddPermission", request.RevisionId, (policy, arn) =>
        {
            if (policy.Find(statement.Sid) is not null)
            {
                throw LambdaException.Conflict(
                    $"The statement id ({statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.");
            }

            var larger = policy.With(statement, Guid.NewGuid().ToString());
            return Encoding.UTF8.GetByteCount(PolicyJson(larger, arn)) <= MaxPolicyBytes ? larger : throw new LambdaException(
                400, "PolicyLengthExceededException", $"The final policy size is bigger than the limit ({MaxPolicyBytes}).");
        });
        var json = Write(writer => WriteStatement(writer, statement, function.InvokedArn));
        await call.OkAsync(new AddPermissionResponse(json), ApiJson.Default.AddPermissionResponse, StatusCodes.Status201Created);
    }

    public async Task RemovePermissionAsync(ApiCall call, string inPath, string sid)
    {
        await ChangeAsync(call, inPath, "RemovePermission", call.Query("RevisionId"), (policy, _) => policy.Find(sid) is null
            ? throw LambdaException.NotFound($"Statement {sid} is not found in resource policy.")
            : policy.Without(sid, Guid.NewGuid().ToString()));
        await call.NoContentAsync();
    }

    public Task GetPolicyAsync(ApiCall call, string inPath)
    {
        var function = finder.Find(call, inPath, "GetPolicy");
        var policy = function.Settings.Policy;
        return policy.Statements.Count == 0
            ? throw LambdaException.NotFound("The resource you requested does not exist.")
            : call.OkAsync(new GetPolicyResponse(PolicyJson(policy, function.InvokedArn), policy.RevisionId), ApiJson.Default.GetPolicyResponse);
    }

    /// <summary>What GetFunctionConfiguration or GetAlias shows.</summary>
    private static string RevisionOf(QualifiedFunction function) =>
        function.State.Aliases.TryGetValue(function.Qualifier ?? "", out var alias) ? alias.RevisionId : function.Version.RevisionId;

    private static string PolicyJson(ResourcePolicy policy, string arn) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("Version", "2012-10-17");
        writer.WriteString("Id", "default");
        writer.WriteStartArray("Statement");
        foreach (var statement in policy.Statements)
        {
            WriteStatement(writer, statement, arn);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteStatement(Utf8JsonWriter writer, PolicyStatement statement, string arn)
    {
        writer.WriteStartObject();
        writer.WriteString("Sid", statement.Sid);
        writer.WriteString("Effect", "Allow");
        WritePrincipal(writer, statement.Principal);
        writer.WriteString("Action", statement.Action);
        writer.WriteString("Resource", arn);
        if (statement.SourceArn is not null || statement.SourceAccount is not null)
        {
            writer.WriteStartObject("Condition");
            WriteCondition(writer, "StringEquals", "AWS:SourceAccount", statement.SourceAccount);
            WriteCondition(writer, "ArnLike", "AWS:SourceArn", statement.SourceArn);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WritePrincipal(Utf8JsonWriter writer, string principal)
    {
        if (principal == "*")
        {
            writer.WriteString("Principal", "*");
            return;
        }

        writer.WriteStartObject("Principal");
        if (FunctionReference.IsAccount(principal))
        {
            writer.WriteString("AWS", $"arn:aws:iam::{principal}:root");
        }
        else
        {
            writer.WriteString(principal.StartsWith("arn:", StringComparison.Ordinal) ? "AWS" : "Service", principal);
        }

        writer.WriteEndObject();
    }

    private static void WriteCondition(Utf8JsonWriter writer, string test, string key, string? value)
    {
        if (value is not null)
        {
            writer.WriteStartObject(test);
            writer.WriteString(key, value);
            writer.WriteEndObject();
        }
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

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
