using System.Text.Json.Serialization;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Bodies of the Lambda API; names as AWS's, absent where there is nothing.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(CreateFunctionRequest))]
[JsonSerializable(typeof(UpdateFunctionCodeRequest))]
[JsonSerializable(typeof(PublishVersionRequest))]
[JsonSerializable(typeof(AliasRequest))]
[JsonSerializable(typeof(AliasResponse))]
[JsonSerializable(typeof(AliasList))]
[JsonSerializable(typeof(UpdateFunctionConfigurationRequest))]
[JsonSerializable(typeof(AddPermissionRequest))]
[JsonSerializable(typeof(TagsBody))]
[JsonSerializable(typeof(FunctionConfiguration))]
[JsonSerializable(typeof(GetFunctionResponse))]
[JsonSerializable(typeof(ListFunctionsResponse))]
[JsonSerializable(typeof(ListVersionsResponse))]
[JsonSerializable(typeof(AddPermissionResponse))]
[JsonSerializable(typeof(GetPolicyResponse))]
[JsonSerializable(typeof(ConcurrencyBody))]
[JsonSerializable(typeof(EventInvokeRequest))]
[JsonSerializable(typeof(EventInvokeResponse))]
[JsonSerializable(typeof(EventInvokeList))]
[JsonSerializable(typeof(RecursionBody))]
[JsonSerializable(typeof(DeadLetters.RedriveResponse))]
[JsonSerializable(typeof(CodeSigningResponse))]
[JsonSerializable(typeof(AccountSettingsResponse))]
internal sealed partial class ApiJson : JsonSerializerContext;
