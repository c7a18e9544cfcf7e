namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>A VMM could not be started, went away, or refused a command. Nothing of the function's is to blame.</summary>
public sealed class VmmException(string message, Exception? inner = null) : Exception(message, inner);
