using System.Text.Json;
using Glue.Guest.Extensions;
using Glue.Guest.RuntimeApi;

namespace Glue.Guest.Telemetry;

/// <summary>The subscription call of Lambda's Telemetry API (2022-07-01) and of the Logs API (2020-08-15) that it replaces.</summary>
/// <remarks>Lambda Developer Guide, "Lambda Telemetry API reference" and "Lambda Logs API" (read 2026-11).</remarks>
internal sealed class TelemetryApi(TelemetryHub hub)
{
    private static readonly string[] TelemetrySchemas = ["2022-07-01", "2022-12-13", "2025-01-29"];
    private static readonly string[] LogsSchemas = ["2020-08-15", "2021-03-18"];

    public void Subscribe(ApiConnection connection, ExtensionRequest request, Extension extension)
    {
        var isOfLogsApi = request.Operation == Operation.LogsSubscribe;
        var api = isOfLogsApi ? "Logs" : "Telemetry";
        if (!hub.IsOpen)
        {
            ExtensionReplies.Refused(connection, $"{api}.SubscriptionClosed", $"{api} API subscription is closed already");
        }
        else if (hub.TermsOf(extension.Name) is { } former && former.IsOfLogsApi != isOfLogsApi)
        {
            ExtensionReplies.Invalid(connection, "The extension has subscribed by the other API");
        }
        else if (Read(request.Body, isOfLogsApi, out var fault) is { } terms)
        {
            hub.Subscribe(extension.Name, terms);
            ExtensionReplies.Done(connection);
        }
        else
        {
            ExtensionReplies.Invalid(connection, fault);
        }
    }

    private static SubscriptionTerms? Read(ReadOnlySpan<byte> body, bool isOfLogsApi, out string fault)
    {
        try
        {
            using var document = JsonDocument.Parse(body.ToArray());
            return Read(document.RootElement, isOfLogsApi, out fault);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            fault = $"The body is not what it should be: {e.Message}";
            return null;
        }
    }

    private static SubscriptionTerms? Read(JsonElement body, bool isOfLogsApi, out string fault)
    {
        var schemas = isOfLogsApi ? LogsSchemas : TelemetrySchemas;
        var schema = body.TryGetProperty("schemaVersion", out var given) ? given.GetString() : isOfLogsApi ? schemas[0] : null;
        var (types, unknown) = TypesOf(body.GetProperty("types"));
        var buffering = body.TryGetProperty("buffering", out var some) && some.ValueKind == JsonValueKind.Object ? some : default;
        var (port, path) = Destination(body.GetProperty("destination"), out var wrongDestination);
        var maxItems = Number(buffering, "maxItems", isOfLogsApi ? 10_000 : 1000, 1000, 10_000, out var wrongItems);
        var maxBytes = Number(buffering, "maxBytes", 262_144, 262_144, 1_048_576, out var wrongBytes);
        var timeoutMs = Number(buffering, "timeoutMs", 1000, 25, 30_000, out var wrongTimeout);
        fault = schema is null || !schemas.Contains(schema) ? $"schemaVersion must be one of {string.Join(", ", schemas)}"
            : unknown is not null || types == TelemetryTypes.None ? $"types must be some of platform, function and extension{(unknown is null ? "" : $", not {unknown}")}"
            : wrongDestination ?? wrongItems ?? wrongBytes ?? wrongTimeout ?? "";
        return fault.Length > 0 ? null : new SubscriptionTerms(types, isOfLogsApi, maxItems, maxBytes, timeoutMs, port, path);
    }

    /// <summary>By HTTP a URI says where, by TCP a port, or a URI that has one (Lambda's reference asks for a URI, its clients send a port).</summary>
    private static (int Port, string? Path) Destination(JsonElement destination, out string? fault)
    {
        var protocol = destination.GetProperty("protocol").GetString();
        fault = protocol is "HTTP" or "TCP" ? null : "destination.protocol must be HTTP or TCP";
        if (fault is not null)
        {
            return default;
        }

        if (protocol == "TCP" && destination.TryGetProperty("port", out var given))
        {
            return (Port(given.GetInt32(), out fault), null);
        }

        var scheme = protocol == "TCP" ? "tcp" : "http";
        if (!destination.TryGetProperty("URI", out var text) || !Uri.TryCreate(text.GetString(), UriKind.Absolute, out var uri)
            || uri.Scheme != scheme || uri.Host is not ("sandbox.localdomain" or "sandbox"))
        {
            fault = protocol == "TCP" ? "destination.port must be a port, or destination.URI tcp://sandbox.localdomain:PORT" : "destination.URI must be http://sandbox.localdomain:PORT, with a path if you like";
            return default;
        }

        return (Port(uri.Port, out fault), protocol == "TCP" ? null : uri.PathAndQuery);
    }

    private static int Port(int port, out string? fault)
    {
        fault = port is < 1 or > 65535 ? $"port {port} is none"
            : port is Contracts.Channel.ChannelProtocol.RuntimeApiPort or Contracts.Channel.ChannelProtocol.StoragePort ? $"port {port} is taken by the sandbox itself"
            : null;
        return port;
    }

    private static (TelemetryTypes Types, string? Unknown) TypesOf(JsonElement names)
    {
        var types = TelemetryTypes.None;
        foreach (var each in names.EnumerateArray())
        {
            var type = each.GetString() switch
            {
                "platform" => TelemetryTypes.Platform,
                "function" => TelemetryTypes.Function,
                "extension" => TelemetryTypes.Extension,
                _ => TelemetryTypes.None,
            };
            if (type == TelemetryTypes.None)
            {
                return (type, each.GetString());
            }

            types |= type;
        }

        return (types, null);
    }

    private static int Number(JsonElement of, string name, int otherwise, int least, int most, out string? fault)
    {
        var value = of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var given) ? given.GetInt32() : otherwise;
        fault = value < least || value > most ? $"buffering.{name} must be {least} to {most}" : null;
        return value;
    }
}
