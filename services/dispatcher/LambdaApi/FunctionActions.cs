using System.Text;
using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Create, read, list, change and delete functions. Each method follows the action of its name in the Lambda API Reference.</summary>
internal sealed class FunctionActions(FunctionStore functions, CodeDownloads downloads, DispatcherOptions options, TimeProvider time)
{
    private const int MaxPage = 50; // ListFunctions returns at most 50, whatever MaxItems says
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

        FunctionRules.Meaning(request, options.Runtimes);
        FunctionRules.CheckArchitectures(request.Architectures);
        FunctionRules.CheckTags(request.Tags ?? new Dictionary<string, string>());
        FunctionRules.Refuse(request.Publish == true, "Publish", "versions are not served yet, functions run as $LATEST");
        FunctionRules.Refuse(request.CodeSigningConfigArn is not null, "CodeSigningConfigArn", "leave it out");
        var name = call.Function(request.FunctionName!, "CreateFunction").Name;
        var zip = Code(request.Code!);
        var made = await functions.ChangeAsync(
            call.AccountId,
            name,
            zip,
            (existing, sha256) => existing is null
                ? New(call.AccountId, name, request, zip.Length, sha256!)
                : throw LambdaException.Conflict($"Function already exist: {name}"),
            call.Aborted);
        await call.OkAsync(FunctionConfiguration.Of(made!), ApiJson.Default.FunctionConfiguration, StatusCodes.Status201Created);
    }

    public Task GetFunctionAsync(ApiCall call, string inPath)
    {
        var (function, qualified) = Find(call, inPath, "GetFunction");
        var tags = function.State.Tags.Count == 0 ? null : function.State.Tags;
        var response = new GetFunctionResponse(
            FunctionConfiguration.Of(function, qualified), new CodeLocation("S3", downloads.UrlFor(call.Context.Request, function.State)), tags,
            function.State.ReservedConcurrency is { } reserved ? new ConcurrencyBody(reserved) : null);
        return call.OkAsync(response, ApiJson.Default.GetFunctionResponse);
    }

    public Task GetFunctionConfigurationAsync(ApiCall call, string inPath)
    {
        var (function, qualified) = Find(call, inPath, "GetFunctionConfiguration");
        return call.OkAsync(FunctionConfiguration.Of(function, qualified), ApiJson.Default.FunctionConfiguration);
    }

    public Task ListFunctionsAsync(ApiCall call)
    {
        var max = MaxItems(call);
        new FieldCheck().OneOf("functionVersion", call.Query("FunctionVersion"), "ALL").Throw();
        var page = functions.List(call.AccountId, ReadMarker(call.Query("Marker"))).Take(max + 1).ToList();
        var qualified = call.Query("FunctionVersion") == "ALL";
        var next = page.Count > max ? Convert.ToBase64String(Encoding.UTF8.GetBytes(page[max - 1].State.Name)) : null;
        var shown = page.Take(max).Select(function => FunctionConfiguration.Of(function, qualified)).ToList();
        return call.OkAsync(new ListFunctionsResponse(shown, next), ApiJson.Default.ListFunctionsResponse);
    }

    public Task ListVersionsByFunctionAsync(ApiCall call, string inPath)
    {
        _ = MaxItems(call);
        var (function, _) = Find(call, inPath, "ListVersionsByFunction");
        return call.OkAsync(new ListVersionsResponse([FunctionConfiguration.Of(function, qualified: true)]), ApiJson.Default.ListVersionsResponse);
    }

    public async Task UpdateFunctionCodeAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.UpdateFunctionCodeRequest);
        var name = Unqualified(call, inPath, "UpdateFunctionCode");
        FunctionRules.Refuse(request.ImageUri is not null, "ImageUri", "upload a zip");
        FunctionRules.Refuse(request.Publish == true, "Publish", "versions are not served yet, functions run as $LATEST");
        FunctionRules.CheckArchitectures(request.Architectures);
        var zip = Code(request);
        FunctionState? wouldBe = null;
        var changed = await functions.ChangeAsync(
            call.AccountId,
            name,
            zip,
            (existing, sha256) =>
            {
                var state = Existing(existing, name, call.AccountId, request.RevisionId);
                wouldBe = Touch(state with { CodeSha256 = sha256!, CodeSizeBytes = zip.Length });
                return request.DryRun == true ? state : wouldBe;
            },
            call.Aborted);
        var shown = request.DryRun == true ? new DeployedFunction(wouldBe!, options.Region) : changed!;
        await call.OkAsync(FunctionConfiguration.Of(shown), ApiJson.Default.FunctionConfiguration);
    }

    public async Task UpdateFunctionConfigurationAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.UpdateFunctionConfigurationRequest);
        var name = Unqualified(call, inPath, "UpdateFunctionConfiguration");
        FunctionRules.Shape(request).Throw();
        FunctionRules.Meaning(request, options.Runtimes);
        var changed = await functions.ChangeAsync(
            call.AccountId,
            name,
            zip: null,
            (existing, _) => Touch(Apply(request, Existing(existing, name, call.AccountId, request.RevisionId))),
            call.Aborted);
        await call.OkAsync(FunctionConfiguration.Of(changed!), ApiJson.Default.FunctionConfiguration);
    }

    public async Task DeleteFunctionAsync(ApiCall call, string inPath)
    {
        var reference = call.Function(inPath, "DeleteFunction");
        if (reference.Qualifier == FunctionReference.Latest)
        {
            throw LambdaException.InvalidParameter("$LATEST version cannot be deleted without deleting the function.");
        }

        if (reference.Qualifier is { } version)
        {
            throw LambdaException.FunctionNotFound($"{Arn(call.AccountId, reference.Name)}:{version}");
        }

        await functions.ChangeAsync(
            call.AccountId,
            reference.Name,
            zip: null,
            (existing, _) =>
            {
                Existing(existing, reference.Name, call.AccountId, revisionId: null);
                return null;
            },
            call.Aborted);
        await call.NoContentAsync();
    }

    /// <summary>Finds what the path names.</summary>
    /// <exception cref="LambdaException">ResourceNotFoundException and the like.</exception>
    public (DeployedFunction Function, bool Qualified) Find(ApiCall call, string inPath, string action)
    {
        var reference = call.Function(inPath, action);
        var arn = Arn(call.AccountId, reference.Name);
        return functions.Resolve(call.AccountId, reference.Name, reference.Qualifier) is { } function
            ? (function, reference.Qualifier is not null)
            : throw LambdaException.FunctionNotFound(reference.Qualifier is null ? arn : $"{arn}:{reference.Qualifier}");
    }

    private static FunctionState Apply(ConfigurationFields fields, FunctionState state) => state with
    {
        Runtime = fields.Runtime is { Length: > 0 } runtime ? runtime : state.Runtime,
        Handler = fields.Handler is { Length: > 0 } handler ? handler : state.Handler,
        Role = fields.Role ?? state.Role,
        Description = fields.Description ?? state.Description,
        TimeoutSeconds = fields.Timeout ?? state.TimeoutSeconds,
        MemoryMiB = fields.MemorySize ?? state.MemoryMiB,
        EphemeralStorageMiB = fields.EphemeralStorage?.Size ?? state.EphemeralStorageMiB,
        TracingMode = fields.TracingConfig?.Mode ?? state.TracingMode,
        Environment = fields.Environment is null ? state.Environment : fields.Environment.Variables ?? new Dictionary<string, string>(),
    };

    private static ReadOnlyMemory<byte> Code(CodeFields code)
    {
        FunctionRules.Refuse(code.S3Bucket is not null || code.S3Key is not null, "S3Bucket/S3Key", "upload the zip with ZipFile");
        if (code.ZipFile is not { Length: > 0 } zip)
        {
            throw LambdaException.InvalidParameter("Please provide a source for function code.");
        }

        if (zip.Length > DeploymentZip.MaxZipBytes)
        {
            throw LambdaException.TooLarge($"The deployment package has {zip.Length} bytes; the limit of a direct upload is {DeploymentZip.MaxZipBytes}.");
        }

        try
        {
            DeploymentZip.Check(zip);
            return zip;
        }
        catch (BadCodeException e)
        {
            throw LambdaException.InvalidParameter(e.Message);
        }
    }

    private static string? ReadMarker(string? marker)
    {
        if (marker is null)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[64];
        return Convert.TryFromBase64String(marker, bytes, out var length) && Encoding.UTF8.GetString(bytes[..length]) is var name && FunctionReference.IsName(name)
            ? name
            : throw LambdaException.InvalidParameter("The Marker is not one that ListFunctions gave.");
    }

    private static int MaxItems(ApiCall call)
    {
        if (call.Query("MaxItems") is not { } text)
        {
            return MaxPage;
        }

        if (!int.TryParse(text, out var max))
        {
            throw LambdaException.Validation($"Value '{text}' at 'maxItems' failed to satisfy constraint: Member must be a number");
        }

        new FieldCheck().Range("maxItems", max, 1, 10000).Throw();
        return Math.Min(max, MaxPage);
    }

    private FunctionState New(string accountId, string name, CreateFunctionRequest request, int zipBytes, string sha256) => Apply(request, new FunctionState
    {
        AccountId = accountId,
        Name = name,
        RevisionId = Guid.NewGuid().ToString(),
        Runtime = request.Runtime!,
        Handler = request.Handler!,
        Role = request.Role!,
        CodeSha256 = sha256,
        CodeSizeBytes = zipBytes,
        Architecture = FunctionRules.Architecture,
        Tags = request.Tags ?? new Dictionary<string, string>(),
        LastModified = time.GetUtcNow(),
    });

    private FunctionState Touch(FunctionState state) => state with { RevisionId = Guid.NewGuid().ToString(), LastModified = time.GetUtcNow() };

    private FunctionState Existing(DeployedFunction? function, string name, string accountId, string? revisionId)
    {
        var state = function?.State ?? throw LambdaException.FunctionNotFound(Arn(accountId, name));
        return revisionId is null || revisionId == state.RevisionId ? state : throw LambdaException.RevisionMismatch();
    }

    private static string Unqualified(ApiCall call, string inPath, string action)
    {
        var reference = call.Function(inPath, action);
        return reference.Qualifier is null or FunctionReference.Latest
            ? reference.Name
            : throw LambdaException.InvalidParameter("This operation is permitted on Lambda functions only. Aliases and versions do not support this operation.");
    }

    private string Arn(string accountId, string name) => $"arn:aws:lambda:{options.Region}:{accountId}:function:{name}";
}
