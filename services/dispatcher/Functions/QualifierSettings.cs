namespace Glue.Dispatcher.Functions;

/// <summary>What Lambda keeps for one version or alias by itself.</summary>
internal sealed record QualifierSettings
{
    public static QualifierSettings None { get; } = new();

    /// <summary>Who may invoke the function by this qualifier.</summary>
    public ResourcePolicy Policy { get; init; } = ResourcePolicy.Empty;

    /// <summary>Null: nobody set one.</summary>
    public EventInvokeConfig? EventInvoke { get; init; }

    /// <summary>Null: none.</summary>
    public ProvisionedConcurrency? Provisioned { get; init; }

    /// <summary>Null: it has none.</summary>
    public FunctionUrl? Url { get; init; }

    /// <summary>Null: as it is by default, <c>Auto</c>.</summary>
    public RuntimeManagement? RuntimeManagement { get; init; }

    public bool IsNone => Policy.Statements.Count == 0 && EventInvoke is null && Provisioned is null && Url is null && RuntimeManagement is null;
}
