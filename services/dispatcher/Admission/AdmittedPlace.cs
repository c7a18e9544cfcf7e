using System.Runtime.InteropServices;

namespace Glue.Dispatcher.Admission;

/// <summary>A place that was taken, and whose concurrency it counts for: it is given back there, whatever was set meanwhile.</summary>
/// <param name="AccountId">The owner.</param>
/// <param name="Function">The bare name.</param>
/// <param name="Kind">Whose concurrency.</param>
/// <param name="Qualifier">Of <see cref="PlaceKind.Provisioned"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AdmittedPlace(string AccountId, string Function, PlaceKind Kind, string? Qualifier = null);
