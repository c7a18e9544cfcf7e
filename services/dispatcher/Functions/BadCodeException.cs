namespace Glue.Dispatcher.Functions;

/// <summary>A deployment zip that cannot be used; the message says which entry and why. Becomes 400 InvalidParameterValueException.</summary>
internal sealed class BadCodeException(string message, Exception? inner = null) : Exception(message, inner);
