using System.Collections.Concurrent;

namespace Glue.Dispatcher.Idempotency;

/// <summary>
/// Keys whose event runs now: of two at once only one may. In memory, because what ran when the process ended runs again anyway, and finds
/// what was kept.
/// </summary>
internal sealed class RunningKeys
{
    private readonly ConcurrentDictionary<string, Hold> _held = new(StringComparer.Ordinal);

    /// <returns>Held until disposed, which must be after its outcome is on disk; null: somebody else holds it.</returns>
    public IDisposable? TryHold(IdempotencyKey key)
    {
        var hold = new Hold(this, key.Text);
        return _held.TryAdd(key.Text, hold) ? hold : null;
    }

    /// <summary>Completes when nobody holds the key; somebody else may be quicker to take it then.</summary>
    public Task WhenFree(IdempotencyKey key) => _held.TryGetValue(key.Text, out var hold) ? hold.Free : Task.CompletedTask;

    private sealed class Hold(RunningKeys keys, string key) : IDisposable
    {
        private readonly TaskCompletionSource _free = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Free => _free.Task;

        public void Dispose()
        {
            keys._held.TryRemove(KeyValuePair.Create(key, this));
            _free.TrySetResult();
        }
    }
}
