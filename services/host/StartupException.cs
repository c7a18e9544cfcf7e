namespace Glue.Host;

/// <summary>The stack cannot start, for a reason the user can mend. Printed as it is; exit code 2.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
