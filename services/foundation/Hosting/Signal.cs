namespace Glue.Foundation.Hosting;

/// <summary>Wakes everyone who waits for something new. Take <see cref="Next"/> before looking, then nothing is missed in between. Thread-safe.</summary>
public sealed class Signal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
