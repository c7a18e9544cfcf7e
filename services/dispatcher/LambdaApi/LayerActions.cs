using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>PublishLayerVersion, GetLayerVersion, GetLayerVersionByArn, ListLayers, ListLayerVersions, DeleteLayerVersion (Lambda API Reference, read 2026-11).</summary>
internal sealed class LayerActions(LayerStore layers, CodeUpload upload, CodeDownloads downloads, DispatcherOptions options, TimeProvider time)
{
    public async Task PublishLayerVersionAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.PublishLayerRequest);
        var check = new FieldCheck()
            .Required("content", request.Content).Length("description", request.Description, 256).Length("licenseInfo", request.LicenseInfo, 512);
        foreach (var architecture in request.CompatibleArchitectures ?? [])
        {
            check.OneOf("compatibleArchitectures", architecture, "x86_64", "arm64");
        }

        check.Items("compatibleRuntimes", request.CompatibleRuntimes?.Count, 15).Items("compatibleArchitectures", request.CompatibleArchitectures?.Count, 2).Throw();

        var name = Name(call, inPath);
        using var zip = await upload.ReadAsync(call, request.Content!);
        var made = await layers.PublishAsync(call.AccountId, name, zip.Bytes, (sha256, number) => new LayerVersionState
        {
            AccountId = call.AccountId,
            Name = name,
            Version = number,
            Description = request.Description ?? "",
            LicenseInfo = request.LicenseInfo,
            CompatibleRuntimes = request.CompatibleRuntimes ?? [],
            CompatibleArchitectures = request.CompatibleArchitectures ?? [],
            CodeSha256 = sha256,
            CodeSizeBytes = zip.Bytes.Length,
            UnpackedBytes = zip.UnpackedBytes,
            CreatedAt = time.GetUtcNow(),
        }, call.Aborted);
        await AnswerAsync(call, made, StatusCodes.Status201Created);
    }

    /// <remarks>Another account's by its ARN, when its policy lets the caller.</remarks>
    public Task GetLayerVersionAsync(ApiCall call, string inPath, string number)
    {
        var version = Number(number);
        var layer = inPath.StartsWith("arn:", StringComparison.Ordinal)
            ? LayerRules.Find(layers, $"{inPath}:{version}", call.AccountId)
            : layers.Find(call.AccountId, Name(call, inPath), version);
        return AnswerAsync(call, layer ?? throw Missing(), StatusCodes.Status200OK);
    }

    public Task GetLayerVersionByArnAsync(ApiCall call)
    {
        new FieldCheck().Required("arn", call.Query("Arn")).Throw();
        return AnswerAsync(call, LayerRules.Find(layers, call.Query("Arn")!, call.AccountId) ?? throw Missing(), StatusCodes.Status200OK);
    }

    public Task ListLayersAsync(ApiCall call)
    {
        var after = Page.After(call);
        CheckFilter(call);
        var all = layers.List(call.AccountId).Where(layer => Matches(call, layer) && (after is null || string.CompareOrdinal(layer.Name, after) > 0))
            .GroupBy(static layer => layer.Name, StringComparer.Ordinal).Select(static versions => versions.Last());
        var (page, next) = Page.Of(call, all, static layer => layer.Name, most: 50);
        return call.OkAsync(new LayerList([.. page.Select(layer => new LayerListItem(layer.Name, Arn(layer), Listed(layer)))], next), ApiJson.Default.LayerList);
    }

    /// <summary>Newest first.</summary>
    public Task ListLayerVersionsAsync(ApiCall call, string inPath)
    {
        var name = Name(call, inPath);
        CheckFilter(call);
        var before = Page.After(call) is { } marker ? VersionNumber.Of(marker) : int.MaxValue;
        var all = layers.List(call.AccountId).Where(layer => layer.Name == name && layer.Version < before && Matches(call, layer)).Reverse();
        var (page, next) = Page.Of(call, all, static layer => $"{layer.Version}", most: 50);
        return call.OkAsync(new LayerVersionList([.. page.Select(Listed)], next), ApiJson.Default.LayerVersionList);
    }

    /// <remarks>Of a version that is not there: 204 as well, as Lambda does.</remarks>
    public async Task DeleteLayerVersionAsync(ApiCall call, string inPath, string number)
    {
        await layers.DeleteAsync(call.AccountId, Name(call, inPath), Number(number), call.Aborted);
        await call.NoContentAsync();
    }

    public static int Number(string text) => VersionNumber.Of(text) is var number and > 0 ? number : throw LambdaException.Validation(
        $"Value '{text}' at 'versionNumber' failed to satisfy constraint: Member must have value greater than or equal to 1");

    public static LambdaException Missing() => LambdaException.NotFound("The resource you requested does not exist.");

    /// <summary>The path has the layer's name or its ARN.</summary>
    public static string Name(ApiCall call, string inPath)
    {
        var parts = inPath.Split(':');
        if (parts is ["arn", _, "lambda", _, var account, "layer", var named])
        {
            return account == call.AccountId ? named : throw LambdaException.AccessDenied("GetLayerVersion", inPath);
        }

        new FieldCheck().Length("layerName", inPath, 140).Matches("layerName", inPath, ModelPatterns.Identifier).Throw();
        return inPath;
    }

    private static void CheckFilter(ApiCall call) =>
        new FieldCheck().OneOf("compatibleArchitecture", call.Query("CompatibleArchitecture"), "x86_64", "arm64").Throw();

    private static bool Matches(ApiCall call, LayerVersionState layer) =>
        (call.Query("CompatibleRuntime") is not { } runtime || layer.CompatibleRuntimes.Contains(runtime, StringComparer.Ordinal))
        && (call.Query("CompatibleArchitecture") is not { } architecture || layer.CompatibleArchitectures.Contains(architecture, StringComparer.Ordinal));

    private string Arn(LayerVersionState layer) => $"arn:aws:lambda:{options.Region}:{layer.AccountId}:layer:{layer.Name}";

    private LayerVersionResponse Listed(LayerVersionState layer) => new(layer, Arn(layer), location: null);

    private Task AnswerAsync(ApiCall call, LayerVersionState layer, int status) => call.OkAsync(
        new LayerVersionResponse(layer, Arn(layer), downloads.UrlFor(call.Context.Request, layer)), ApiJson.Default.LayerVersionResponse, status);
}
