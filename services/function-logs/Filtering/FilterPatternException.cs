namespace Glue.FunctionLogs.Filtering;

/// <summary>The pattern is not one, or uses what is not supported; the message says which. Becomes InvalidParameterException.</summary>
internal sealed class FilterPatternException(string message) : Exception(message);
