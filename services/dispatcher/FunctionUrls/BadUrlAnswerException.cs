namespace Glue.Dispatcher.FunctionUrls;

/// <summary>A function answered a call of its URL with what cannot be sent; the message says what, without the function's data. Becomes 502.</summary>
internal sealed class BadUrlAnswerException(string message, Exception? inner = null) : Exception(message, inner);
