using System.CommandLine;

namespace Glue.Host.Up;

/// <summary><c>--event-log</c> and <c>--kafka</c>: where events wait between the stores and the rules.</summary>
internal static class EventLogOptions
{
    public static Option<string?> Kind { get; } = CreateKind();

    public static Option<string?> Kafka { get; } = new("--kafka")
    {
        Description = "Kafka's bootstrap servers, HOST:PORT[,HOST:PORT...]. Other settings of Kafka: docs/configuration.md.",
    };

    /// <summary>The settings that the options stand for.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> SettingsOf(ParseResult parsed)
    {
        if (parsed.GetValue(Kind) is { } kind)
        {
            yield return new("StorageEvents:EventLog", kind);
        }

        if (parsed.GetValue(Kafka) is { } servers)
        {
            yield return new("StorageEvents:Kafka:BootstrapServers", servers);
        }
    }

    private static Option<string?> CreateKind()
    {
        var option = new Option<string?>("--event-log") { Description = "sqlite: in the data folder (default); kafka: a topic of a Kafka cluster, named with --kafka." };
        option.AcceptOnlyFromAmong("sqlite", "kafka");
        return option;
    }
}
