namespace Glue.Workers.Pool;

/// <summary>A request that found no idle sandbox.</summary>
/// <param name="since">When it came (timestamp); the longest waiting is served first.</param>
internal sealed class Waiter(long since)
{
    private readonly TaskCompletionSource<Granted> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Since { get; } = since;

    public Task<Granted> Granted => _granted.Task;

    /// <returns>False: it has been answered already.</returns>
    public bool TryGrant(Granted granted) => _granted.TrySetResult(granted);
}
