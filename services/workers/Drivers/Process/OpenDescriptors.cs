namespace Glue.Workers.Drivers.Process;

/// <summary>
/// Descriptors while a sandbox is being started: those that nobody has taken over are closed with it, wherever the start fails, also when the
/// process has none left for the next pair.
/// </summary>
internal sealed class OpenDescriptors : IDisposable
{
    private readonly List<int> _open = [];

    /// <summary>Adds both and hands them back.</summary>
    public (int First, int Second) Add((int First, int Second) pair)
    {
        _open.Add(pair.First);
        _open.Add(pair.Second);
        return pair;
    }

    /// <summary>It has another owner now.</summary>
    public int Release(int descriptor)
    {
        _open.Remove(descriptor);
        return descriptor;
    }

    public void Dispose()
    {
        foreach (var descriptor in _open)
        {
            _ = Native.Close(descriptor);
        }

        _open.Clear();
    }
}
