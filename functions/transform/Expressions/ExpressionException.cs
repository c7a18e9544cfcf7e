namespace Glue.Functions.Transform.Expressions;

/// <summary>An expression cannot be read; says where.</summary>
internal sealed class ExpressionException(string text, int at, string reason) : Exception($"in '{text}', at character {at + 1}: {reason}");
