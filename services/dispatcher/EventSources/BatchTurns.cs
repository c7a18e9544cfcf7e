using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.EventSources;

/// <summary>
/// Whose batch runs next: a bounded number run at once, shared between accounts and their functions as the invocation queue's places are
/// (<see cref="FairScheduler"/>). A mapping with many partitions delays its own account, not others.
/// </summary>
internal sealed class BatchTurns
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly FairScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly IServicePolicy _policy;
    private readonly Dictionary<FunctionKey, LinkedList<TaskCompletionSource<BatchTurn>>> _waiting = [];

    public BatchTurns(IServicePolicy policy, EventSourceOptions options, TimeProvider time)
    {
        (_scheduler, _time, _policy) = (new FairScheduler(policy, options.MaxBatches), time, policy);
        policy.WhenRoomIsMade(Serve);
    }

    /// <summary>Waits for a place; it is given back by disposing the turn.</summary>
    public async Task<BatchTurn> TakeAsync(FunctionKey key, CancellationToken cancellationToken)
    {
        var asked = new TaskCompletionSource<BatchTurn>(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource<BatchTurn>> place;
        lock (_lock)
        {
            if (!_waiting.TryGetValue(key, out var queue))
            {
                _waiting.Add(key, queue = []);
            }

            place = queue.AddLast(asked);
            _scheduler.SetReady(key, true);
        }

        Serve();
        await using (cancellationToken.UnsafeRegister(_ => Leave(key, place, cancellationToken), null))
        {
            // The limit on how fast a function's concurrency may rise is made room by time alone, of which nobody tells.
            while (await Task.WhenAny(asked.Task, Task.Delay(LookAgain, _time, cancellationToken)) != asked.Task && !cancellationToken.IsCancellationRequested)
            {
                Serve();
            }

            return await asked.Task;
        }
    }

    internal void Finish(FunctionKey key, long charged, AdmittedPlace? admitted, TimeSpan? held)
    {
        if (admitted is { } room)
        {
            _policy.Leave(room);
        }

        lock (_lock)
        {
            _scheduler.Finished(key, charged, held);
        }

        Serve();
    }

    private void Serve()
    {
        lock (_lock)
        {
            while (_scheduler.Next() is { } key)
            {
                if (!_policy.TryEnter(key, out var admitted))
                {
                    continue; // taken since the scheduler looked, which now passes it over
                }

                var queue = _waiting[key];
                var first = queue.First!.Value;
                queue.RemoveFirst();
                var charged = _scheduler.Started(key);
                ForgetEmpty(key, queue);
                first.SetResult(new BatchTurn(this, key, charged, admitted, _time));
            }
        }
    }

    private void Leave(FunctionKey key, LinkedListNode<TaskCompletionSource<BatchTurn>> place, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (place.List is { } queue) // else its turn has come already
            {
                queue.Remove(place);
                ForgetEmpty(key, queue);
                place.Value.SetCanceled(cancellationToken);
            }
        }
    }

    private void ForgetEmpty(FunctionKey key, LinkedList<TaskCompletionSource<BatchTurn>> queue)
    {
        if (queue.Count == 0)
        {
            _waiting.Remove(key);
            _scheduler.SetReady(key, false);
        }
    }
}
