namespace Glue.Dispatcher.LambdaApi;

/// <summary>GetRuntimeManagementConfig and PutRuntimeManagementConfig: runtimes come with the image, and with its updates.</summary>
internal sealed class RuntimeManagementActions(FunctionFinder finder)
{
    private const string Auto = "Auto";

    public Task GetAsync(ApiCall call, string inPath) => AnswerAsync(call, inPath, "GetRuntimeManagementConfig");

    public Task PutAsync(ApiCall call, string inPath)
    {
        var wanted = call.Json(ApiJson.Default.RuntimeManagementBody).UpdateRuntimeOn;
        new FieldCheck().Required("updateRuntimeOn", wanted).OneOf("updateRuntimeOn", wanted, Auto, "Manual", "FunctionUpdate").Throw();
        FunctionRules.Refuse(wanted != Auto, $"UpdateRuntimeOn {wanted}", "runtimes are those of the image: ./glue image build makes a new one");
        return AnswerAsync(call, inPath, "PutRuntimeManagementConfig");
    }

    private Task AnswerAsync(ApiCall call, string inPath, string action) =>
        call.OkAsync(new RuntimeManagementBody(Auto, finder.Find(call, inPath, action).InvokedArn), ApiJson.Default.RuntimeManagementBody);
}

/// <summary>Body of PutRuntimeManagementConfig, and of both answers.</summary>
internal sealed record RuntimeManagementBody(string? UpdateRuntimeOn, string? FunctionArn = null);
