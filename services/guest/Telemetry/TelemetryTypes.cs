namespace Glue.Guest.Telemetry;

/// <summary>Streams an extension can subscribe to.</summary>
[Flags]
internal enum TelemetryTypes : byte
{
    None = 0,

    /// <summary>What happens to the sandbox and its invocations.</summary>
    Platform = 1,

    /// <summary>Lines the runtime wrote.</summary>
    Function = 2,

    /// <summary>Lines the extensions wrote.</summary>
    Extension = 4,
}
