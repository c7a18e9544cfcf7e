using System.Threading.Channels;

namespace Glue.Dispatcher.Dispatch;

/// <summary>
/// How much the dispatch loop may take on: a run needs a place until its end, and a slot until its settlement is on disk. One loop takes, whoever
/// ends gives back.
/// </summary>
/// <param name="places">Runs at once.</param>
/// <param name="slots">Runs and settlements at once.</param>
internal sealed class FreePlaces(int places, int slots)
{
    private readonly Lock _lock = new();

    // Holds at most one token: "look again". A token that is already there stands for all later ones.
    private readonly Channel<bool> _freed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private int _places = places;
    private int _slots = slots;

    /// <summary>Takes all there are, places with as many slots, waiting for the first.</summary>
    public async ValueTask<int> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                var both = Math.Min(_places, _slots);
                if (both > 0)
                {
                    _places -= both;
                    _slots -= both;
                    return both;
                }
            }

            await _freed.Reader.ReadAsync(cancellationToken);
        }
    }

    public void GiveBack(int places, int slots)
    {
        lock (_lock)
        {
            _places += places;
            _slots += slots;
        }

        _freed.Writer.TryWrite(true);
    }
}
