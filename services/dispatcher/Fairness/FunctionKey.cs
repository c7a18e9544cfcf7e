using System.Runtime.InteropServices;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Fairness;

/// <summary>
/// One logical queue: a function of an account, under one of its qualifiers. What is provisioned for one is no room of another's, and who has none must not
/// stand before who has.
/// </summary>
/// <param name="AccountId">The owner.</param>
/// <param name="Name">The bare name.</param>
/// <param name="Qualifier">A version or an alias; null: $LATEST, named or not.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionKey(string AccountId, string Name, string? Qualifier = null)
{
    public static FunctionKey Of(Invocation invocation) => new(invocation.AccountId, invocation.FunctionName, Queued(invocation.Qualifier));

    public static string? Queued(string? qualifier) => qualifier == FunctionReference.Latest ? null : qualifier;
}
