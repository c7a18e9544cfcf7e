using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Idempotency;

namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>Functions <c>a</c>, <c>b</c> and <c>c</c> of every account; each <c>c</c> has two reserved, one of them provisioned for <c>live</c>, none is idempotent.</summary>
internal sealed class SimulatedFunctions(bool hasReserved) : IDeployedFunctions, IKeptOutcomes
{
    private readonly Dictionary<(string, string), DeployedFunction> _made = [];

    public const int ReservedOfC = 2;
    public const string Live = "live";

    public int? Reserved(string name) => hasReserved && name == "c" ? ReservedOfC : null;

    public QualifiedFunction Resolve(string accountId, string name, string? qualifier)
    {
        if (!_made.TryGetValue((accountId, name), out var function))
        {
            var state = new FunctionState
            {
                AccountId = accountId, Name = name, RevisionId = "1", Runtime = "provided.al2023", Handler = "bootstrap", Role = "role", CodeSha256 = "none",
                CodeSizeBytes = 0, Architecture = "x86_64", LastModified = default, MemoryMiB = Memory(name), ReservedConcurrency = Reserved(name),
            };
            state = Reserved(name) is null ? state : state.WithSettings(Live, new QualifierSettings { Provisioned = new ProvisionedConcurrency(1, default) }) with
            {
                Aliases = state.Aliases.Add(Live, new AliasState { Name = Live, FunctionVersion = "1", RevisionId = "1" }),
            };
            _made.Add((accountId, name), function = new DeployedFunction(state, PublishedVersions.Of([state.Publish(1, null, "1", default)]), "us-east-1"));
        }

        return function.Resolve(qualifier)!;
    }

    public KeptOutcome? Find(IdempotencyKey key) => null;

    public static int Memory(string name) => 128 << (name[0] - 'a');
}
