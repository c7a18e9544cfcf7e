namespace Glue.Workers.Code;

/// <summary>A deployment zip that cannot or must not be unpacked. The function's fault; its message says what to change.</summary>
public sealed class InvalidCodeException(string message, Exception? inner = null) : Exception(message, inner);
