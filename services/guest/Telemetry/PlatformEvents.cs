using System.Text.Json;

namespace Glue.Guest.Telemetry;

/// <summary>The platform's events, in the shapes of the Telemetry API (2022-12-13).</summary>
/// <remarks>Lambda Developer Guide, "Lambda Telemetry API Event schema reference" (read 2026-11).</remarks>
internal sealed class PlatformEvents(TelemetryHub hub)
{
    private string _initialisation = "on-demand";
    private string _version = "";
    private long _memoryMiB;

    /// <summary>False: nobody hears them, and nothing needs to be said.</summary>
    public bool IsOn => hub.IsOn;

    /// <param name="status"><c>success</c>, <c>error</c>, <c>failure</c> or <c>timeout</c>.</param>
    public void InitRuntimeDone(string status)
    {
        Know();
        hub.Platform("platform.initRuntimeDone", json =>
        {
            json.WriteString("initializationType", _initialisation);
            json.WriteString("phase", "init");
            json.WriteString("status", status);
        });
    }

    public void InitReport(string status, double milliseconds)
    {
        Know();
        hub.Platform("platform.initReport", json =>
        {
            json.WriteString("initializationType", _initialisation);
            json.WriteString("phase", "init");
            json.WriteString("status", status);
            json.WriteStartObject("metrics");
            json.WriteNumber("durationMs", milliseconds);
            json.WriteEndObject();
        });
    }

    /// <summary>This is a copy, and goes on.</summary>
    public void Restored(double milliseconds)
    {
        hub.Platform("platform.restoreStart", json =>
        {
            using var sandbox = JsonDocument.Parse(hub.Sandbox);
            foreach (var member in sandbox.RootElement.EnumerateObject().Where(static each => each.Name is not ("initializationType" or "phase")))
            {
                member.WriteTo(json);
            }
        });
        hub.Platform("platform.restoreRuntimeDone", static json => json.WriteString("status", "success"));
        hub.Platform("platform.restoreReport", json =>
        {
            json.WriteString("status", "success");
            json.WriteStartObject("metrics");
            json.WriteNumber("durationMs", milliseconds);
            json.WriteEndObject();
        });
    }

    public void Start(string requestId)
    {
        Know();
        hub.Platform("platform.start", json =>
        {
            json.WriteString("requestId", requestId);
            json.WriteString("version", _version);
        });
    }

    public void RuntimeDone(string requestId, string status, double milliseconds, long? producedBytes) => hub.Platform("platform.runtimeDone", json =>
    {
        json.WriteString("requestId", requestId);
        json.WriteString("status", status);
        json.WriteStartObject("metrics");
        json.WriteNumber("durationMs", milliseconds);
        if (producedBytes is { } bytes)
        {
            json.WriteNumber("producedBytes", bytes);
        }

        json.WriteEndObject();
    });

    /// <param name="requestId">Of the invocation.</param>
    /// <param name="status">See <see cref="InitRuntimeDone"/>.</param>
    /// <param name="milliseconds">From the event's delivery until runtime and extensions were done with it.</param>
    /// <param name="maxMemoryMiB">The runtime's peak.</param>
    /// <param name="initMilliseconds">Of the init before it; 0: there was none.</param>
    public void Report(string requestId, string status, double milliseconds, long maxMemoryMiB, double initMilliseconds)
    {
        hub.Platform("platform.end", json => json.WriteString("requestId", requestId));
        hub.Platform("platform.report", json =>
        {
            json.WriteString("requestId", requestId);
            json.WriteString("status", status);
            json.WriteStartObject("metrics");
            json.WriteNumber("durationMs", milliseconds);
            json.WriteNumber("billedDurationMs", (long)Math.Max(1, Math.Ceiling(milliseconds + initMilliseconds)));
            json.WriteNumber("memorySizeMB", _memoryMiB);
            json.WriteNumber("maxMemoryUsedMB", maxMemoryMiB);
            if (initMilliseconds > 0)
            {
                json.WriteNumber("initDurationMs", initMilliseconds);
            }

            json.WriteEndObject();
        });
    }

    public void ExtensionReady(string name, IEnumerable<string> events) => hub.Platform("platform.extension", json =>
    {
        json.WriteString("name", name);
        json.WriteString("state", "Ready");
        json.WriteStartArray("events");
        foreach (var each in events)
        {
            json.WriteStringValue(each);
        }

        json.WriteEndArray();
    });

    private void Know()
    {
        if (!IsOn || _version.Length > 0)
        {
            return;
        }

        using var sandbox = JsonDocument.Parse(hub.Sandbox);
        _initialisation = sandbox.RootElement.GetProperty("initializationType").GetString()!;
        _version = sandbox.RootElement.GetProperty("functionVersion").GetString()!;
        _memoryMiB = sandbox.RootElement.GetProperty("instanceMaxMemory").GetInt64() >> 20;
    }
}
