using Glue.Contracts.Functions;
using Glue.Dispatcher.Idempotency;

namespace Glue.Dispatcher.Functions;

/// <summary>A function as the hot path reads it: everything an invocation needs, made once per change.</summary>
internal sealed class DeployedFunction
{
    private readonly Dictionary<string, QualifiedFunction> _qualified = new(StringComparer.Ordinal);
    private readonly QualifiedFunction _unqualified;

    /// <param name="state">The function.</param>
    /// <param name="versions">Its published versions by rising number.</param>
    /// <param name="region">In ARNs.</param>
    public DeployedFunction(FunctionState state, IReadOnlyList<VersionState> versions, string region)
    {
        (State, Versions) = (state, versions);
        Arn = state.Arn(region);
        Idempotency = IdempotencyRule.Of(state.AccountId, state.Name, state.Tags); // tags were checked when they were put
        Latest = state.ToVersion(region, state.AllowsSnapshot);
        _unqualified = new QualifiedFunction(this, null, state, Latest);
        _qualified.Add(FunctionReference.Latest, new QualifiedFunction(this, FunctionReference.Latest, state, Latest));
        foreach (var version in versions)
        {
            _qualified.Add(version.Version, new QualifiedFunction(this, version.Version, version, version.ToVersion(region, state.AllowsSnapshot)));
        }

        foreach (var alias in state.Aliases.Values)
        {
            var main = _qualified[alias.FunctionVersion];
            (FunctionVersion, double)? other = alias.AdditionalVersion is { } second ? (_qualified[second].Main, alias.AdditionalWeight) : null;
            _qualified.Add(alias.Name, new QualifiedFunction(this, alias.Name, main.Version, main.Main, other));
        }
    }

    public FunctionState State { get; }

    /// <summary>Null: its events are run as often as they come.</summary>
    public IdempotencyRule? Idempotency { get; }

    /// <summary>Published versions by rising number.</summary>
    public IReadOnlyList<VersionState> Versions { get; }

    /// <summary>Null: none is there.</summary>
    public VersionState? LastPublished => Versions.Count > 0 ? Versions[^1] : null;

    /// <summary>Without qualifier.</summary>
    public string Arn { get; }

    public FunctionVersion Latest { get; }

    /// <summary><c>$LATEST</c> and every published version, as workers know them.</summary>
    public IEnumerable<FunctionVersion> AllVersions => [Latest, .. Versions.Select(version => _qualified[version.Version].Main)];

    public IEnumerable<string> CodeInUse => Versions.Prepend(State).SelectMany(static version => version.CodeInUse);

    /// <param name="qualifier">Version or alias; null: none.</param>
    /// <returns>Null: there is no such version or alias.</returns>
    public QualifiedFunction? Resolve(string? qualifier) => qualifier is null ? _unqualified : _qualified.GetValueOrDefault(qualifier);
}
