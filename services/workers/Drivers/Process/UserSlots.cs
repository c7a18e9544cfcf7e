namespace Glue.Workers.Drivers.Process;

/// <summary>User ids for sandboxes: no two alive share one, so none can signal or trace another even outside its namespaces.</summary>
internal sealed class UserSlots(uint first)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<uint> _free = [];
    private uint _next = first;

    public uint Take()
    {
        lock (_lock)
        {
            if (_free.Count == 0)
            {
                return _next++;
            }

            var user = _free.Min;
            _free.Remove(user);
            return user;
        }
    }

    public void Free(uint user)
    {
        lock (_lock)
        {
            _free.Add(user);
        }
    }
}
