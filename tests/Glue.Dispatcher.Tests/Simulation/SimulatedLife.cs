namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>
/// One process: where its tasks go on, one at a time in the order they became able to, and the clock it reads. It can be paused (a machine that stands
/// still, while leases run out) and it can die, and then nothing of it ever goes on.
/// </summary>
internal sealed class SimulatedLife(SimulatedTime time) : SynchronizationContext
{
    private readonly Queue<Action> _held = new();
    private bool _isPaused;

    public bool IsDead { get; private set; }

    public TimeProvider Clock { get; private set; } = TimeProvider.System;

    public static SimulatedLife Begin(SimulatedTime time)
    {
        var life = new SimulatedLife(time);
        life.Clock = new LifeClock(time, life);
        return life;
    }

    public void Die() => IsDead = true;

    public void Pause(long milliseconds)
    {
        _isPaused = true;
        time.In(milliseconds, () =>
        {
            _isPaused = false;
            while (_held.TryDequeue(out var action))
            {
                time.Continue(action);
            }
        });
    }

    /// <summary>Runs it as a part of this life.</summary>
    public void Run(Action action) => Post(static state => ((Action)state!)(), action);

    public override void Post(SendOrPostCallback d, object? state) => Enqueue(() => Inside(() => d(state)));

    public override SynchronizationContext CreateCopy() => this;

    private void Enqueue(Action action)
    {
        // The garbage collector may come for what a dead life waited with: a timer's finalizer ends its wait, and so posts here from a thread of its own.
        if (IsDead)
        {
            return;
        }

        if (_isPaused)
        {
            _held.Enqueue(action);
        }
        else
        {
            time.Continue(action);
        }
    }

    private void Inside(Action action)
    {
        if (IsDead)
        {
            return;
        }

        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }

    private sealed class LifeClock(SimulatedTime time, SimulatedLife life) : TimeProvider
    {
        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => time.NowMs;

        public override DateTimeOffset GetUtcNow() => time.UtcNow;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new LifeTimer(time, life, () => callback(state), dueTime, period);
    }

    private sealed class LifeTimer : ITimer
    {
        private readonly SimulatedTime _time;
        private readonly SimulatedLife _life;
        private readonly Action _callback;
        private int _setting;

        public LifeTimer(SimulatedTime time, SimulatedLife life, Action callback, TimeSpan dueTime, TimeSpan period)
        {
            (_time, _life, _callback) = (time, life, callback);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _time.In((long)Math.Ceiling(dueTime.TotalMilliseconds), () => Fire(setting, period));
            }

            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Fire(int setting, TimeSpan period)
        {
            if (setting != _setting || _life.IsDead)
            {
                return;
            }

            if (period > TimeSpan.Zero)
            {
                _time.In((long)period.TotalMilliseconds, () => Fire(setting, period));
            }

            _callback(); // as from a timer's thread: what waits for it goes on in its own life
        }
    }
}
