using System.Runtime.InteropServices;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Admission;

/// <summary>Who wants to run.</summary>
/// <param name="AccountId">The owner.</param>
/// <param name="Function">The bare name.</param>
/// <param name="Reserved">The function's reserved concurrency; null: none.</param>
/// <param name="Qualifier">As named; null: none.</param>
/// <param name="Provisioned">Concurrency provisioned for that qualifier.</param>
/// <param name="ProvisionedOfAll">Of all qualifiers of the function.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AdmissionRequest(
    string AccountId, string Function, int? Reserved = null, string? Qualifier = null, int Provisioned = 0, int ProvisionedOfAll = 0)
{
    public static AdmissionRequest Of(QualifiedFunction function) => new(
        function.State.AccountId, function.State.Name, function.State.ReservedConcurrency, function.Qualifier,
        function.Settings.Provisioned?.Requested ?? 0, function.State.ProvisionedConcurrency);
}
