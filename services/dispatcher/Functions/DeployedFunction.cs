using System.Collections.Concurrent;
using Glue.Contracts.Functions;
using Glue.Dispatcher.Idempotency;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// A function as the hot path reads it. Never changes: a change of the function makes another one, which shares the versions that stay and has made
/// nothing yet of the qualifiers that nobody has asked for.
/// </summary>
internal sealed class DeployedFunction
{
    private readonly string _region;
    private readonly QualifiedFunction _unqualified;
    private ConcurrentDictionary<string, QualifiedFunction>? _qualified;

    /// <param name="state">The function.</param>
    /// <param name="versions">Its published versions.</param>
    /// <param name="region">In ARNs.</param>
    public DeployedFunction(FunctionState state, PublishedVersions versions, string region)
    {
        (State, Versions, _region) = (state, versions, region);
        Arn = state.Arn(region);
        Idempotency = IdempotencyRule.Of(state.AccountId, state.Name, state.Tags); // tags were checked when they were put
        Latest = state.ToVersion(region, state.AllowsSnapshot);
        _unqualified = new QualifiedFunction(this, null, state, Latest);
    }

    public FunctionState State { get; }

    /// <summary>Null: its events are run as often as they come.</summary>
    public IdempotencyRule? Idempotency { get; }

    public PublishedVersions Versions { get; }

    /// <summary>Without qualifier.</summary>
    public string Arn { get; }

    public FunctionVersion Latest { get; }

    /// <summary>Digests of everything that must be kept for it and its versions to run, as often as they name it.</summary>
    public IEnumerable<string> CodeInUse => Versions.Prepend(State).SelectMany(static version => version.CodeInUse);

    /// <param name="qualifier">Version or alias; null: none.</param>
    /// <returns>Null: there is no such version or alias.</returns>
    public QualifiedFunction? Resolve(string? qualifier) =>
        qualifier is null ? _unqualified
        : _qualified?.TryGetValue(qualifier, out var known) == true ? known
        : Make(qualifier) is { } made ? Qualified.GetOrAdd(qualifier, made)
        : null;

    /// <summary>Most functions are only ever called without one.</summary>
    private ConcurrentDictionary<string, QualifiedFunction> Qualified =>
        LazyInitializer.EnsureInitialized(ref _qualified, static () => new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal));

    private QualifiedFunction? Make(string qualifier)
    {
        if (qualifier == FunctionReference.Latest)
        {
            return new QualifiedFunction(this, qualifier, State, Latest);
        }

        if (!State.Aliases.TryGetValue(qualifier, out var alias))
        {
            return Versions.Find(qualifier) is { } version ? new QualifiedFunction(this, qualifier, version, version.ToVersion(_region, State.AllowsSnapshot)) : null;
        }

        var main = Resolve(alias.FunctionVersion)!; // a version that an alias names is not removed
        (FunctionVersion, double)? other = alias.AdditionalVersion is { } second ? (Resolve(second)!.Main, alias.AdditionalWeight) : null;
        return new QualifiedFunction(this, qualifier, main.Version, main.Main, other);
    }
}
