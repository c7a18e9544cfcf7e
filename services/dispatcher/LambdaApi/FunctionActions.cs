using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Placement;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Create, read, list and delete functions. Each method follows the action of its name in the Lambda API Reference (read 2026-11).</summary>
internal sealed class FunctionActions(
    FunctionStore functions, LayerStore layers, FunctionFinder finder, CodeUpload upload, CodeDownloads downloads, DispatcherOptions options, IRuntimes runtimes, TimeProvider time, FunctionConfigurations configurations)
{
    private const string MissingRuntime = "Runtime and Handler are mandatory parameters for functions created with deployment packages.";

    public async Task CreateFunctionAsync(ApiCall call)
    {
        var request = call.Json(ApiJson.Default.CreateFunctionRequest);
        FunctionRules.Shape(request).Required("functionName", request.FunctionName).Required("role", request.Role)
            .Required("code", request.Code).OneOf("packageType", request.PackageType, "Zip", "Image").Throw();
        FunctionRules.Refuse(request.PackageType == "Image" || request.Code!.ImageUri is not null, "PackageType Image", "upload a zip");
        if (string.IsNullOrEmpty(request.Runtime) || string.IsNullOrEmpty(request.Handler))
        {
            throw LambdaException.InvalidParameter(MissingRuntime);
        }

        FunctionRules.CheckArchitectures(request.Architectures);
        FunctionRules.CheckTags(request.Tags ?? new Dictionary<string, string>());
        FunctionRules.Refuse(request.CodeSigningConfigArn is not null, "CodeSigningConfigArn", "leave it out");
        FunctionRules.Refuse(FunctionRules.IsGiven(request.TenancyConfig), "TenancyConfig", "sandboxes are not told apart by tenants of a function: make a function for each");
        FunctionRules.CheckPublishTo(request.PublishTo);
        var name = call.Function(request.FunctionName!, "CreateFunction").Name;
        FunctionRules.Meaning(request, options.Runtimes, runtimes);
        using var zip = await upload.ReadAsync(call, request.Code!);
        var made = await functions.ChangeVersionsAsync(
            call.AccountId,
            name,
            zip.Bytes,
            (existing, sha256) => existing is null
                ? New(call.AccountId, name, request, zip, sha256!, functions.LastVersion(call.AccountId, name)) // here: nobody else can publish
                : throw LambdaException.Conflict($"Function already exist: {name}"),
            call.Aborted);
        VersionState shown = request.Publish == true ? made!.Versions.Last! : made!.State;
        await call.OkAsync(configurations.Of(shown, made.Arn), ApiJson.Default.FunctionConfiguration, StatusCodes.Status201Created);
    }

    public Task GetFunctionAsync(ApiCall call, string inPath)
    {
        var function = finder.Find(call, inPath, "GetFunction");
        var tags = function.State.Tags.Count == 0 ? null : function.State.Tags;
        var response = new GetFunctionResponse(
            configurations.Of(function), new CodeLocation("S3", downloads.UrlFor(call.Context.Request, function.Version)), tags,
            function.State.ReservedConcurrency is { } reserved ? new ConcurrencyBody(reserved) : null);
        return call.OkAsync(response, ApiJson.Default.GetFunctionResponse);
    }

    public Task GetFunctionConfigurationAsync(ApiCall call, string inPath) =>
        call.OkAsync(configurations.Of(finder.Find(call, inPath, "GetFunctionConfiguration")), ApiJson.Default.FunctionConfiguration);

    public Task ListFunctionsAsync(ApiCall call)
    {
        new FieldCheck().OneOf("functionVersion", call.Query("FunctionVersion"), "ALL").Throw();
        return call.Query("FunctionVersion") == "ALL" ? ListAllVersionsAsync(call) : ListLatestAsync(call);
    }

    public async Task DeleteFunctionAsync(ApiCall call, string inPath)
    {
        var reference = call.Function(inPath, "DeleteFunction");
        if (reference.Qualifier == FunctionReference.Latest)
        {
            throw LambdaException.InvalidParameter("$LATEST version cannot be deleted without deleting the function.");
        }

        await functions.ChangeVersionsAsync(
            call.AccountId,
            reference.Name,
            zip: null,
            (existing, _) => reference.Qualifier is null
                ? Deleted(finder.Existing(existing, call.AccountId, reference.Name))
                : WithoutVersion(finder.Existing(existing, call.AccountId, reference.Name), finder.Find(call.AccountId, reference)),
            call.Aborted);
        await call.NoContentAsync();
    }

    private static FunctionChange Deleted(FunctionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new FunctionChange(null);
    }

    private static FunctionChange WithoutVersion(FunctionState state, QualifiedFunction named)
    {
        var version = named.Qualifier!;
        if (state.Aliases.ContainsKey(version))
        {
            throw LambdaException.InvalidParameter("Deletion of aliases is not currently supported.");
        }

        var pointing = state.Aliases.Values.Where(alias => alias.PointsTo(version)).Select(static alias => alias.Name).ToList();
        return pointing.Count == 0
            ? new FunctionChange(state with { Qualified = state.Qualified.Remove(version) }, Removed: version)
            : throw LambdaException.Conflict($"Unable to delete version because the following aliases reference it: [{string.Join(", ", pointing)}]");
    }

    private Task ListLatestAsync(ApiCall call)
    {
        var (page, next) = Page.Of(call, functions.List(call.AccountId, Page.After(call)), static function => function.State.Name);
        var shown = page.Select(function => configurations.Of(function.State, function.Arn)).ToList();
        return call.OkAsync(new ListFunctionsResponse(shown, next), ApiJson.Default.ListFunctionsResponse);
    }

    /// <summary>FunctionVersion=ALL: a page may end inside a function; its marker is <c>NAME:VERSION</c>.</summary>
    private Task ListAllVersionsAsync(ApiCall call)
    {
        var after = Page.After(call)?.Split(':');
        var all = functions.List(call.AccountId, after: null)
            .SkipWhile(function => after is not null && string.CompareOrdinal(function.State.Name, after[0]) < 0)
            .SelectMany(static function => function.Versions.Prepend(function.State).Select(version => (function.Arn, Version: version)))
            .SkipWhile(item => after is [var name, var version] && item.Version.Name == name && VersionNumber.Of(item.Version) <= VersionNumber.Of(version));
        var (page, next) = Page.Of(call, all, static item => $"{item.Version.Name}:{item.Version.Version}");
        var shown = page.Select(item => configurations.Of(item.Version, $"{item.Arn}:{item.Version.Version}")).ToList();
        return call.OkAsync(new ListFunctionsResponse(shown, next), ApiJson.Default.ListFunctionsResponse);
    }

    private FunctionChange New(string accountId, string name, CreateFunctionRequest request, CheckedZip zip, string sha256, int lastVersion)
    {
        var state = FunctionUpdates.Apply(request, layers, new FunctionState
        {
            AccountId = accountId,
            Name = name,
            RevisionId = Guid.NewGuid().ToString(),
            Runtime = request.Runtime!,
            Handler = request.Handler!,
            Role = request.Role!,
            CodeSha256 = sha256,
            CodeSizeBytes = zip.Bytes.Length,
            UnpackedBytes = zip.UnpackedBytes,
            Architecture = FunctionRules.Architecture,
            Tags = request.Tags ?? new Dictionary<string, string>(),
            LastVersion = lastVersion,
            LastModified = time.GetUtcNow(),
        });
        return request.Publish == true ? Publication.Of(state, last: null, description: null, time.GetUtcNow()) : new FunctionChange(state);
    }
}
