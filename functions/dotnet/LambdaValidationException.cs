namespace Glue.Functions.Dotnet;

/// <summary>The handler cannot be used as it is. Its name is the error type of the init, as on Lambda.</summary>
public sealed class LambdaValidationException(string message, Exception? cause = null) : Exception(message, cause);
