using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Body of CreateFunctionUrlConfig and UpdateFunctionUrlConfig.</summary>
internal sealed record FunctionUrlRequest(string? AuthType, UrlCors? Cors, string? InvokeMode);

/// <summary>Lambda's FunctionUrlConfig. Times as ISO 8601.</summary>
internal sealed record FunctionUrlResponse(
    string FunctionUrl, string FunctionArn, string AuthType, UrlCors? Cors, string CreationTime, string LastModifiedTime, string InvokeMode);

/// <summary>The answer of CreateFunctionUrlConfig, which has no time of a change.</summary>
internal sealed record FunctionUrlCreated(string FunctionUrl, string FunctionArn, string AuthType, UrlCors? Cors, string CreationTime, string InvokeMode);

/// <summary>Answer of ListFunctionUrlConfigs.</summary>
internal sealed record FunctionUrlList(IReadOnlyList<FunctionUrlResponse> FunctionUrlConfigs, string? NextMarker);
