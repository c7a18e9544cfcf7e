using System.Collections.Immutable;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// Everything kept of a function but its published versions, as one document of state.db: <c>$LATEST</c>, aliases, and what is set for the
/// function as a whole or for one qualifier. Replaced as a whole at every change.
/// </summary>
internal sealed record FunctionState : VersionState
{
    /// <summary>The tag that opts a function out of snapshots, with the value <c>off</c>: for code that must not share what its init made.</summary>
    public const string SnapshotTag = "glue:snapshot";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Invocations at once that only this function may use, and it no more; 0 stops it; null: none reserved.</summary>
    public int? ReservedConcurrency { get; init; }

    /// <summary>Of <c>$LATEST</c>; null: nobody set one.</summary>
    public EventInvokeConfig? EventInvoke { get; init; }

    /// <summary>Of the function without qualifier; null: it has none.</summary>
    public FunctionUrl? Url { get; init; }

    /// <summary>Of <c>$LATEST</c>; null: as it is by default.</summary>
    public RuntimeManagement? RuntimeManagement { get; init; }

    /// <summary>True: a chain of causes through this function is not stopped however long (RecursiveLoop=Allow).</summary>
    public bool AllowsRecursion { get; init; }

    /// <summary>Of the function's ARN without qualifier.</summary>
    public ResourcePolicy Policy { get; init; } = ResourcePolicy.Empty;

    /// <summary>The highest number a version ever had; 0: none.</summary>
    public int LastVersion { get; init; }

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, AliasState> Aliases { get; init => field = value?.WithComparers(StringComparer.Ordinal) ?? NoAliases; } = NoAliases;

    /// <summary>What is set for a version or an alias, by its number or name.</summary>
    public ImmutableSortedDictionary<string, QualifierSettings> Qualified { get; init => field = value?.WithComparers(StringComparer.Ordinal) ?? NothingQualified; } = NothingQualified;

    public bool AllowsSnapshot => Tags.GetValueOrDefault(SnapshotTag) != "off";

    /// <summary>Sandboxes that are to be kept initialised, of all qualifiers together.</summary>
    public int ProvisionedConcurrency => Qualified.Values.Sum(static settings => settings.Provisioned?.Requested ?? 0);

    /// <summary>What other functions of the account cannot use: provisioned concurrency lies within what is reserved, where something is.</summary>
    public int SetAsideConcurrency => ReservedConcurrency ?? ProvisionedConcurrency;

    private static ImmutableSortedDictionary<string, AliasState> NoAliases { get; } =
        ImmutableSortedDictionary.Create<string, AliasState>(StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, QualifierSettings> NothingQualified { get; } =
        ImmutableSortedDictionary.Create<string, QualifierSettings>(StringComparer.Ordinal);

    /// <param name="qualifier">Null and <c>$LATEST</c>: what is set for the function itself.</param>
    public QualifierSettings SettingsOf(string? qualifier) => qualifier is null or FunctionReference.Latest
        ? new QualifierSettings { Policy = Policy, EventInvoke = EventInvoke, Url = Url, RuntimeManagement = RuntimeManagement }
        : Qualified.GetValueOrDefault(qualifier, QualifierSettings.None);

    /// <summary>This with other settings of a qualifier.</summary>
    public FunctionState WithSettings(string? qualifier, QualifierSettings settings) =>
        qualifier is null or FunctionReference.Latest ? this with { Policy = settings.Policy, EventInvoke = settings.EventInvoke, Url = settings.Url, RuntimeManagement = settings.RuntimeManagement }
        : settings.IsNone ? this with { Qualified = Qualified.Remove(qualifier) }
        : this with { Qualified = Qualified.SetItem(qualifier, settings) };
}
