namespace Glue.Foundation.Policies;

/// <summary>The text is not a policy, or holds what is not understood here. The message is for its author.</summary>
public sealed class PolicyFormatException(string message, Exception? inner = null) : Exception(message, inner);
