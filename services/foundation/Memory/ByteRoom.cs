namespace Glue.Foundation.Memory;

/// <summary>A bound, in bytes, on what many hold together: who comes first gets room first. Thread-safe.</summary>
/// <param name="bytes">Together, at most.</param>
public sealed class ByteRoom(long bytes)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Taken)> _line = new();
    private readonly long _all = bytes;
    private long _free = bytes;

    /// <summary>Waits in line until there is room.</summary>
    /// <param name="wanted">Bytes.</param>
    /// <param name="cancellationToken">Leaves the line.</param>
    /// <returns>Gives the room back when it is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is never so much room.</exception>
    public async Task<IDisposable> TakeAsync(long wanted, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, _all);
        ArgumentOutOfRangeException.ThrowIfNegative(wanted);
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = new LinkedListNode<(long Bytes, TaskCompletionSource Taken)>((wanted, taken));
        lock (_gate)
        {
            _line.AddLast(place);
            Serve();
        }

        try
        {
            await taken.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(place);
            throw;
        }

        return new Room(this, wanted);
    }

    private void Leave(LinkedListNode<(long Bytes, TaskCompletionSource Taken)> place)
    {
        lock (_gate)
        {
            if (place.List is not null)
            {
                _line.Remove(place);
            }
            else
            {
                _free += place.Value.Bytes; // it came at the same moment
            }

            Serve();
        }
    }

    private void GiveBack(long given)
    {
        lock (_gate)
        {
            _free += given;
            Serve();
        }
    }

    private void Serve()
    {
        while (_line.First is { } first && first.Value.Bytes <= _free)
        {
            _free -= first.Value.Bytes;
            _line.RemoveFirst();
            first.Value.Taken.SetResult();
        }
    }

    private sealed class Room(ByteRoom from, long held) : IDisposable
    {
        private int _isGiven;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGiven, 1) == 0)
            {
                from.GiveBack(held);
            }
        }
    }
}
