using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>What a FunctionUrlConfig may say (Lambda API Reference, CreateFunctionUrlConfig and Cors, read 2026-11).</summary>
internal static class FunctionUrlRules
{
    private const int MaxItems = 100;
    private const int MaxOrigin = 253;
    private const int MaxHeader = 1024;
    private const int MaxAgeSeconds = 86_400;

    private static readonly string[] Methods = ["GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*"];

    /// <exception cref="LambdaException">ValidationException, all faults together.</exception>
    public static void Check(FunctionUrlRequest request, bool isNew)
    {
        var check = new FieldCheck();
        if (isNew)
        {
            check.Required("authType", request.AuthType);
        }

        check.OneOf("authType", request.AuthType, FunctionUrl.ForAll, FunctionUrl.Signed)
            .OneOf("invokeMode", request.InvokeMode, FunctionUrl.Buffered, FunctionUrl.Streamed);
        if (request.Cors is { } cors)
        {
            check.Range("cors.maxAge", cors.MaxAge, 0, MaxAgeSeconds);
            CheckList(check, "cors.allowOrigins", cors.AllowOrigins, MaxItems, MaxOrigin);
            CheckList(check, "cors.allowHeaders", cors.AllowHeaders, MaxItems, MaxHeader);
            CheckList(check, "cors.exposeHeaders", cors.ExposeHeaders, MaxItems, MaxHeader);
            CheckList(check, "cors.allowMethods", cors.AllowMethods, 6, 6);
            foreach (var method in cors.AllowMethods ?? [])
            {
                check.OneOf("cors.allowMethods", method, Methods);
            }
        }

        check.Throw();
    }

    /// <summary>A URL belongs to the function or to an alias.</summary>
    /// <exception cref="LambdaException">The qualifier is a version.</exception>
    public static void CheckQualifier(string? qualifier)
    {
        if (qualifier is not null && (qualifier == FunctionReference.Latest || qualifier.All(char.IsAsciiDigit)))
        {
            throw LambdaException.Validation(
                $@"Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)");
        }
    }

    private static void CheckList(FieldCheck check, string field, IReadOnlyList<string>? values, int mostItems, int mostCharacters)
    {
        check.Range(field + ".length", values?.Count, 0, mostItems);
        foreach (var value in values ?? [])
        {
            check.Required(field, value).Length(field, value, mostCharacters);
            if (value is not null && value.Any(char.IsControl))
            {
                check.OneOf(field, value, "a value without control characters");
            }
        }
    }
}
