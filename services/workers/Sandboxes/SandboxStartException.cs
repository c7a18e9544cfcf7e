namespace Glue.Workers.Sandboxes;

/// <summary>A sandbox could not be started, by our fault or the machine's. Nothing of the function ran; becomes InvokeStatus.NotRun.</summary>
public sealed class SandboxStartException(string message, Exception? inner = null) : Exception(message, inner);
