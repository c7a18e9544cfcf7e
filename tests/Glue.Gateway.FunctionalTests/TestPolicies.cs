using Glue.Contracts.Functions;
using Glue.Foundation.Policies;
using Glue.Workers.Sandboxes;

namespace Glue.Gateway.FunctionalTests;

/// <summary>One policy for all functions; none unless it is set.</summary>
internal sealed class TestPolicies : IStoragePolicies
{
    public AccessPolicy? Policy { get; set; }

    /// <param name="statements">JSON of the statements, with ' for ".</param>
    public void Set(string statements) =>
        Policy = AccessPolicy.Parse($$"""{"Version": "2012-10-17", "Statement": [{{statements.Replace('\'', '"')}}]}""", PolicyDialect.OfRole);

    public AccessPolicy? Of(FunctionVersion version) => Policy;
}
