using System.Runtime.InteropServices;

namespace Glue.Contracts.Functions;

/// <summary>What a worker has of a <see cref="ProvisionedVersion"/>.</summary>
/// <param name="Allocated">Sandboxes that are there, those still starting included.</param>
/// <param name="Available">Those of them that are initialised, busy ones included.</param>
/// <param name="Reason">Why there are fewer than asked for, where more than time is missing; null otherwise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProvisionedState(int Allocated, int Available, string? Reason);
