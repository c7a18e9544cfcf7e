using System.Diagnostics.Metrics;

namespace Glue.Workers.Gateway;

/// <summary>Counters of the storage gateway. How many bytes a sandbox moved is in <see cref="StorageUsage"/>, and in the report of each invocation.</summary>
internal sealed class GatewayMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _saved;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Glue.Workers.Gateway");
        _requests = meter.CreateCounter<long>("workers.gateway.requests", "{request}", "Storage requests of functions that the store answered.");
        _refusals = meter.CreateCounter<long>("workers.gateway.refusals", "{request}", "Storage requests of functions that the gateway itself answered with an error.");
        _bytes = meter.CreateCounter<long>("workers.gateway.moved", "By", "Bytes of objects that functions read and wrote.");
        _saved = meter.CreateCounter<long>("workers.gateway.saved", "By", "Bytes of those that came out of the cache of attached stores' objects.");
    }

    /// <param name="direction">As functions see it: <c>read</c> or <c>written</c>.</param>
    /// <param name="bytes">Of bodies, without framing.</param>
    public void Moved(string direction, long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", direction));

    /// <param name="bytes">That the store had not to send again.</param>
    public void Saved(long bytes) => _saved.Add(bytes);

    public void Forwarded(string method, int status) =>
        _requests.Add(1, new("method", method), new("status", status));

    public void Refused(string code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", code));
}
