using System.Globalization;
using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>CreateAlias, GetAlias, UpdateAlias, ListAliases and DeleteAlias (Lambda API Reference, read 2026-11).</summary>
internal sealed class AliasActions(FunctionStore functions, FunctionFinder finder)
{
    public async Task CreateAliasAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.AliasRequest);
        CheckName(Shape(request).Required("name", request.Name), request.Name)
            .Required("functionVersion", request.FunctionVersion).Throw();
        var whole = finder.FindWhole(call, inPath, "CreateAlias");
        var alias = new AliasState { Name = request.Name!, FunctionVersion = "", RevisionId = "" };
        await AnswerAsync(call, StatusCodes.Status201Created, await ChangeAsync(
            call,
            whole,
            alias.Name,
            (function, existing) => existing is null
                ? Apply(request, function, alias)
                : throw LambdaException.Conflict($"Alias already exists: {whole.Arn}:{alias.Name}")));
    }

    public async Task UpdateAliasAsync(ApiCall call, string inPath, string name)
    {
        var request = call.Json(ApiJson.Default.AliasRequest);
        CheckName(Shape(request), name).Throw();
        var whole = finder.FindWhole(call, inPath, "UpdateAlias");
        await AnswerAsync(call, StatusCodes.Status200OK, await ChangeAsync(call, whole, name, (function, existing) =>
        {
            var alias = existing ?? throw NotFound(whole, name);
            return request.RevisionId is null || request.RevisionId == alias.RevisionId
                ? Apply(request, function, alias)
                : throw LambdaException.RevisionMismatch();
        }));
    }

    public Task GetAliasAsync(ApiCall call, string inPath, string name)
    {
        CheckName(new FieldCheck(), name).Throw();
        var function = finder.FindWhole(call, inPath, "GetAlias");
        return function.State.Aliases.GetValueOrDefault(name) is { } alias
            ? AnswerAsync(call, StatusCodes.Status200OK, (function, alias))
            : throw NotFound(function, name);
    }

    public Task ListAliasesAsync(ApiCall call, string inPath)
    {
        var function = finder.FindWhole(call, inPath, "ListAliases");
        var (version, after) = (call.Query("FunctionVersion"), Page.After(call));
        new FieldCheck().Length("functionVersion", version, 1024).Matches("functionVersion", version, ModelPatterns.Version).Throw();
        var aliases = function.State.Aliases.Values.Where(alias =>
            (version is null || alias.PointsTo(version)) && (after is null || string.CompareOrdinal(alias.Name, after) > 0));
        var (page, next) = Page.Of(call, aliases, static alias => alias.Name);
        return call.OkAsync(new AliasList([.. page.Select(alias => AliasResponse.Of(function.Arn, alias))], next), ApiJson.Default.AliasList);
    }

    /// <remarks>Of an alias that is not there: 204 as well, as Lambda does.</remarks>
    public async Task DeleteAliasAsync(ApiCall call, string inPath, string name)
    {
        CheckName(new FieldCheck(), name).Throw();
        var function = finder.FindWhole(call, inPath, "DeleteAlias");
        await functions.ChangeAsync(
            call.AccountId,
            function.State.Name,
            zip: null,
            (existing, _) =>
            {
                var state = finder.Existing(existing, call.AccountId, function.State.Name);
                return state.Aliases.ContainsKey(name)
                    ? state with { Aliases = state.Aliases.Remove(name), Qualified = state.Qualified.Remove(name) }
                    : state;
            },
            call.Aborted);
        await call.NoContentAsync();
    }

    private static FieldCheck Shape(AliasRequest request) => new FieldCheck()
        .Length("description", request.Description, 256)
        .Length("functionVersion", request.FunctionVersion, 1024)
        .Matches("functionVersion", request.FunctionVersion, ModelPatterns.Version);

    private static AliasState Apply(AliasRequest request, DeployedFunction function, AliasState alias)
    {
        var version = request.FunctionVersion ?? alias.FunctionVersion;
        CheckVersion(function, version);
        if (version == FunctionReference.Latest && function.State.SettingsOf(alias.Name).Provisioned is not null)
        {
            throw LambdaException.InvalidParameter("Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
        }

        var (other, weight) = request.RoutingConfig is { } routing
            ? Additional(routing.AdditionalVersionWeights ?? new Dictionary<string, double>())
            : (alias.AdditionalVersion, alias.AdditionalWeight);
        if (other is not null)
        {
            CheckAdditional(function, version, other);
        }

        return alias with
        {
            FunctionVersion = version,
            Description = request.Description ?? alias.Description,
            AdditionalVersion = other,
            AdditionalWeight = weight,
            RevisionId = Guid.NewGuid().ToString(),
        };
    }

    private static (string? Version, double Weight) Additional(IReadOnlyDictionary<string, double> weights)
    {
        if (weights.Count > 1)
        {
            throw LambdaException.InvalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1");
        }

        foreach (var (version, weight) in weights)
        {
            const string field = "at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map";
            var shown = $"Value '{{{version}={weight.ToString(CultureInfo.InvariantCulture)}}}'";
            if (!ModelPatterns.PublishedVersion.IsMatch(version))
            {
                throw LambdaException.Validation($"{shown} {field} keys must satisfy constraint: [Member must satisfy regular expression pattern: [0-9]+]");
            }

            return weight is >= 0 and <= 1 ? (version, weight) : throw LambdaException.Validation(
                $"{shown} {field} value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0]");
        }

        return (null, 0);
    }

    private static void CheckAdditional(DeployedFunction function, string version, string other)
    {
        if (version == FunctionReference.Latest)
        {
            throw LambdaException.InvalidParameter("$LATEST is not supported for an alias pointing to more than 1 version");
        }

        if (version == other)
        {
            throw LambdaException.InvalidParameter(
                $"Invalid function version {version}. Function version {version} is already included in routing configuration.");
        }

        CheckVersion(function, other);
    }

    private static void CheckVersion(DeployedFunction function, string version)
    {
        if (version != FunctionReference.Latest && function.Versions.Find(version) is null)
        {
            throw LambdaException.FunctionNotFound($"{function.Arn}:{version}");
        }
    }

    private static LambdaException NotFound(DeployedFunction function, string name) =>
        LambdaException.NotFound($"Cannot find alias arn: {function.Arn}:{name}");

    private static FieldCheck CheckName(FieldCheck check, string? name) => check.Length("name", name, 128).Matches("name", name, ModelPatterns.AliasName);

    private static Task AnswerAsync(ApiCall call, int status, (DeployedFunction Function, AliasState Alias) made) =>
        call.OkAsync(AliasResponse.Of(made.Function.Arn, made.Alias), ApiJson.Default.AliasResponse, status);

    private async Task<(DeployedFunction Function, AliasState Alias)> ChangeAsync(
        ApiCall call, DeployedFunction function, string name, Func<DeployedFunction, AliasState?, AliasState> change)
    {
        var changed = await functions.ChangeAsync(
            call.AccountId,
            function.State.Name,
            zip: null,
            (existing, _) =>
            {
                var state = finder.Existing(existing, call.AccountId, function.State.Name);
                var changed = state with { Aliases = state.Aliases.SetItem(name, change(existing!, state.Aliases.GetValueOrDefault(name))) };
                if (state.SettingsOf(name).Provisioned is not null)
                {
                    ProvisionedRules.CheckOthers(changed, name);
                }

                return changed;
            },
            call.Aborted);
        return (changed!, changed!.State.Aliases[name]);
    }
}
