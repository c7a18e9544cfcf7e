using System.Text.Json.Serialization;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>Body of an answer that is not the function's.</summary>
internal sealed record UrlError(string Message);

[JsonSerializable(typeof(UrlError))]
internal sealed partial class UrlJson : JsonSerializerContext;
