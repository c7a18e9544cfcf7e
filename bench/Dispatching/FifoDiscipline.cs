namespace Glue.Bench.Dispatching;

/// <summary>First come, first served: one queue, as a topic or a table without tenants.</summary>
internal sealed class FifoDiscipline : IDiscipline
{
    private readonly Queue<Tenant> _queue = new();

    public void Arrived(Tenant tenant) => _queue.Enqueue(tenant);

    public Tenant? Next() => _queue.TryDequeue(out var tenant) ? tenant : null;

    public void Finished(Tenant tenant)
    {
    }
}
