using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Idempotency;

namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>Functions <c>a</c>, <c>b</c> and <c>c</c> of every account; each <c>c</c> has one reserved, none is idempotent.</summary>
internal sealed class SimulatedFunctions(bool hasReserved) : IDeployedFunctions, IKeptOutcomes
{
    private readonly Dictionary<(string, string), QualifiedFunction> _made = [];

    public int? Reserved(string name) => hasReserved && name == "c" ? 1 : null;

    public QualifiedFunction Resolve(string accountId, string name, string? qualifier)
    {
        if (!_made.TryGetValue((accountId, name), out var function))
        {
            var state = new FunctionState
            {
                AccountId = accountId, Name = name, RevisionId = "1", Runtime = "provided.al2023", Handler = "bootstrap", Role = "role", CodeSha256 = "none",
                CodeSizeBytes = 0, Architecture = "x86_64", LastModified = default, MemoryMiB = Memory(name), ReservedConcurrency = Reserved(name),
            };
            _made.Add((accountId, name), function = new DeployedFunction(state, PublishedVersions.None, "us-east-1").Resolve(null)!);
        }

        return function;
    }

    public KeptOutcome? Find(IdempotencyKey key) => null;

    public static int Memory(string name) => 128 << (name[0] - 'a');
}
