namespace Glue.Functions.Dotnet;

/// <summary><c>Assembly::Namespace.Type::Method</c>.</summary>
/// <param name="Assembly">Without <c>.dll</c>.</param>
/// <param name="Type">With its namespace; <c>Outer+Nested</c>.</param>
/// <param name="Method">Its name, or its signature as <see cref="System.Reflection.MethodBase.ToString"/> writes it, which tells overloads apart.</param>
internal sealed record HandlerName(string Assembly, string Type, string Method)
{
    private const string Format = "The valid format is 'ASSEMBLY::TYPE::METHOD'.";

    /// <exception cref="LambdaValidationException">It is none, in the words of Lambda's .NET runtime.</exception>
    public static HandlerName Parse(string? handler)
    {
        if (string.IsNullOrEmpty(handler))
        {
            throw new LambdaValidationException($"Empty lambda function handler. {Format}");
        }

        string[] parts = [.. handler.Split("::", 3).Select(static each => each.Trim())];
        return parts is not [var assembly, var type, var method] ? throw new LambdaValidationException($"Invalid lambda function handler: '{handler}'. {Format}")
            : assembly.Length == 0 ? throw Missing("assembly")
            : type.Length == 0 ? throw Missing("type")
            : method.Length == 0 ? throw Missing("method")
            : new HandlerName(assembly, type, method);

        LambdaValidationException Missing(string what) => new($"Invalid lambda function handler: '{handler}', the {what} is missing. {Format}");
    }
}
