namespace Glue.Dispatcher.Functions;

/// <summary>Lambda's Cors: which other sites' pages may call a function URL. Stored, and shown by the API, as it was set; null: not set.</summary>
internal sealed record UrlCors(
    bool? AllowCredentials,
    IReadOnlyList<string>? AllowHeaders,
    IReadOnlyList<string>? AllowMethods,
    IReadOnlyList<string>? AllowOrigins,
    IReadOnlyList<string>? ExposeHeaders,
    int? MaxAge);
