using System.CommandLine;

namespace Glue.Host.Settings;

/// <summary><c>--config</c>: where the services' settings are.</summary>
internal static class ConfigOption
{
    public static Option<string?> Option { get; } = new("--config")
    {
        Description = "A JSON file with settings of the services (docs/configuration.md); GLUE_SECTION__KEY in the environment wins over it.",
    };
}
