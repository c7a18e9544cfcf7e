using Glue.Contracts.Invocations;
using Glue.Dispatcher.Admission;

namespace Glue.Dispatcher.Queue;

/// <summary>An entry in the hands of a dispatcher.</summary>
/// <param name="Lease">What settles it.</param>
/// <param name="Invocation">The entry.</param>
/// <param name="FunctionErrors">Attempts the function failed so far.</param>
/// <param name="Postponements">Times it could not be run since its last attempt: throttles and system errors.</param>
public sealed record LeasedInvocation(Lease Lease, Invocation Invocation, int FunctionErrors, int Postponements)
{
    /// <summary>The room under its concurrency limits, which whoever runs it gives back; null: nothing of it could run when it was leased.</summary>
    internal AdmittedPlace? Place { get; init; }
}
