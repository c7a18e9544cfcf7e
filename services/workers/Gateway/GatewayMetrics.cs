using System.Diagnostics.Metrics;

namespace Glue.Workers.Gateway;

/// <summary>Counters of the storage gateway. How many bytes a sandbox moved is in <see cref="StorageUsage"/>, and in the report of each invocation.</summary>
internal sealed class GatewayMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _refusals;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Glue.Workers.Gateway");
        _requests = meter.CreateCounter<long>("workers.gateway.requests", "{request}", "Storage requests of functions that the store answered.");
        _refusals = meter.CreateCounter<long>("workers.gateway.refusals", "{request}", "Storage requests of functions that the gateway itself answered with an error.");
    }

    public void Forwarded(string method, int status) =>
        _requests.Add(1, new("method", method), new("status", status));

    public void Refused(string code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", code));
}
