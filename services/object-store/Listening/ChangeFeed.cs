using System.Threading.Channels;
using Glue.Contracts.Storage;

namespace Glue.ObjectStore.Listening;

/// <summary>Changes on their way to whoever listens at the moment, each after its commit and in the order of the commits. Thread-safe.</summary>
internal sealed class ChangeFeed
{
    /// <summary>Connections that listen at once.</summary>
    public const int MaxListeners = 1000;

    /// <summary>Of one account, so that no one takes all; whoever sent no signature is one account.</summary>
    public const int MaxOfAccount = 100;

    private readonly Lock _gate = new();
    private volatile Listener[] _listeners = [];

    /// <summary>Never waits: the database's writer calls it.</summary>
    public void Publish(ObjectChange change)
    {
        foreach (var listener in _listeners)
        {
            listener.Offer(change);
        }
    }

    /// <param name="filter">What it hears of.</param>
    /// <param name="account">Who listens.</param>
    /// <returns>Null: so many listen already.</returns>
    public Listener? Listen(ChangeFilter filter, string account)
    {
        var listener = new Listener(this, filter, account);
        lock (_gate)
        {
            if (_listeners.Length >= MaxListeners || _listeners.Count(other => other.Account == account) >= MaxOfAccount)
            {
                return null;
            }

            _listeners = [.. _listeners, listener];
            return listener;
        }
    }

    private void Leave(Listener listener)
    {
        lock (_gate)
        {
            _listeners = [.. _listeners.Where(other => other != listener)];
        }
    }

    /// <summary>One who listens. Who cannot keep up is not fed with gaps, as MinIO does it: its feed ends, and it knows.</summary>
    internal sealed class Listener(ChangeFeed feed, ChangeFilter filter, string account) : IDisposable
    {
        private const int MaxWaiting = 4000; // as MinIO's buffer

        private readonly Channel<ObjectChange> _waiting = Channel.CreateBounded<ObjectChange>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

        public string Account => account;

        /// <summary>Ended by a listener that is too slow.</summary>
        public ChannelReader<ObjectChange> Changes => _waiting.Reader;

        public void Dispose() => feed.Leave(this);

        internal void Offer(ObjectChange change)
        {
            if (filter.Has(change) && !_waiting.Writer.TryWrite(change))
            {
                _waiting.Writer.TryComplete();
            }
        }
    }
}
