using System.Runtime.InteropServices;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>An entry that was leased; its event may still be on disk alone.</summary>
/// <param name="Lease">What settles it.</param>
/// <param name="Function">Its logical queue.</param>
/// <param name="Head">What memory knows of it.</param>
/// <param name="Place">See <see cref="LeasedInvocation.Place"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TakenEntry(Lease Lease, FunctionKey Function, QueueHead Head, AdmittedPlace? Place);
