using System.Collections.Immutable;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Tests.Functions;

public sealed class QualifiedFunctionTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void An_alias_with_two_versions_sends_each_its_share(double weight)
    {
        var alias = Function(weight).Resolve("live")!;
        var other = Enumerable.Range(0, 20_000).Count(i => alias.Choose(new Guid(i, 0, 0, new byte[8]).ToString()).Version == "2");
        Assert.InRange(other / 20_000.0, weight - 0.02, weight + 0.02); // ids that differ in one place only: the hash alone spreads them
    }

    [Fact]
    public void Every_attempt_of_an_invocation_goes_to_the_same_version()
    {
        var alias = Function(0.5).Resolve("live")!;
        Assert.All(Enumerable.Range(0, 100).Select(i => $"id-{i}"), id => Assert.Same(alias.Choose(id), alias.Choose(id)));
    }

    [Fact]
    public void Documents_of_before_there_were_versions_are_read()
    {
        const string old = """
            {"AccountId":"000000000000","Name":"f","RevisionId":"r","Runtime":"python3.12","Handler":"h","Role":"x","Description":"","CodeSha256":"c","CodeSizeBytes":1,
            "Architecture":"x86_64","MemoryMiB":128,"TimeoutSeconds":3,"EphemeralStorageMiB":512,"TracingMode":"PassThrough","Environment":{},"Tags":{},"ReservedConcurrency":null,
            "EventInvoke":null,"AllowsRecursion":false,"Policy":{"RevisionId":"","Statements":[]},"LastModified":"2026-11-20T00:00:00+00:00"}
            """;
        var state = System.Text.Json.JsonSerializer.Deserialize(old, FunctionJson.Default.FunctionState)!;
        Assert.Equal(("$LATEST", 0, 0), (state.Version, state.Aliases.Count, state.Qualified.Count));
        Assert.NotNull(new DeployedFunction(state, PublishedVersions.None, "us-east-1").Resolve("$LATEST"));
    }

    private static DeployedFunction Function(double weight)
    {
        var state = new FunctionState
        {
            AccountId = "000000000000", Name = "f", RevisionId = "r", Runtime = "python3.12", Handler = "h", Role = "x", CodeSha256 = "c", CodeSizeBytes = 1,
            Architecture = "x86_64", LastModified = default,
            Aliases = ImmutableSortedDictionary<string, AliasState>.Empty.Add(
                "live", new AliasState { Name = "live", FunctionVersion = "1", AdditionalVersion = "2", AdditionalWeight = weight, RevisionId = "a" }),
        };
        return new DeployedFunction(state, PublishedVersions.Of([state.Publish(1, null, "r1", default), state.Publish(2, null, "r2", default)]), "us-east-1");
    }
}
