using Glue.Contracts.Invocations;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>An invocation that is abandoned ends with its sandbox: a handler cannot be stopped otherwise, and may be run again elsewhere.</summary>
internal static class Abandonment
{
    public static Task<InvokeOutcome> Watch(Sandbox sandbox, Task<InvokeOutcome> running, CancellationToken cancellationToken)
    {
        return cancellationToken.CanBeCanceled ? WatchAsync() : running;

        async Task<InvokeOutcome> WatchAsync()
        {
            using var registration = cancellationToken.UnsafeRegister(
                static state => ((Sandbox)state!).Kill("its invocation was abandoned"), sandbox);
            var outcome = await running;
            if (outcome.Status != InvokeStatus.Succeeded)
            {
                cancellationToken.ThrowIfCancellationRequested(); // it failed because it was killed
            }

            return outcome;
        }
    }
}
