using Glue.Host.Settings;

namespace Glue.Host.Composition;

/// <summary>How to start the embedded stack.</summary>
internal sealed record GlueHostOptions
{
    public required string DataFolder { get; init; }

    /// <summary>0: any free port.</summary>
    public int S3Port { get; init; } = 9000;

    /// <summary>0: any free port.</summary>
    public int ApiPort { get; init; } = 9100;

    /// <summary>The published agent and runtime bootstraps.</summary>
    public required string GuestFolder { get; init; }

    /// <summary><c>auto</c>, <c>microvm</c> or <c>process</c>.</summary>
    public string Driver { get; init; } = "auto";

    /// <summary>Null: what the data folder holds, or new keys.</summary>
    public string? AccessKey { get; init; }

    /// <inheritdoc cref="AccessKey"/>
    public string? SecretKey { get; init; }

    /// <summary>What the user set for the services.</summary>
    public required HostSettings Settings { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
