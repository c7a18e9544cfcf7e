using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.MicroVm.Waiting;

namespace Glue.Workers.Tests;

public sealed class WaitingPoolTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly List<Vmm> _made = [];
    private WaitingPool<string, Vmm>? _pool;
    private bool _isMemoryShort;

    [Fact]
    public async Task After_a_restore_as_many_wait_as_were_wanted_at_once_lately()
    {
        var pool = Start(most: 8);
        Assert.Null(Take("a"));
        Assert.Null(Take("a"));
        Assert.Equal(0, pool.Count); // nothing is started while somebody waits for a restore
        pool.Done();
        pool.Done();

        await UntilAsync(() => pool.Count == 2);
        Assert.NotNull(Take("a"));
        pool.Done();
        await UntilAsync(() => pool.Count == 3); // the three came within a second
    }

    [Fact]
    public async Task Nobody_waits_for_what_nobody_wanted_for_a_minute()
    {
        var pool = Start(most: 8);
        Use("a");
        await UntilAsync(() => pool.Count == 1);

        _time.Advance(RecentDemand.Memory + TimeSpan.FromSeconds(6));

        await UntilAsync(() => pool.Count == 0 && _made[0].IsGone); // no place any more, and then no process
    }

    [Fact]
    public async Task The_least_recently_used_give_way_when_there_is_no_place()
    {
        var pool = Start(most: 1);
        Use("a");
        await UntilAsync(() => pool.Count == 1);
        _time.Advance(TimeSpan.FromSeconds(2));

        Use("b");

        await UntilAsync(() => _made.Count == 2 && pool.Count == 1 && _made[0].IsGone);
        Assert.NotNull(Take("b"));
        pool.Done();
    }

    [Fact]
    public async Task All_go_when_the_machine_is_short_of_memory_and_come_back_afterwards()
    {
        var pool = Start(most: 8);
        Use("a");
        await UntilAsync(() => pool.Count == 1);

        _isMemoryShort = true;
        _time.Advance(TimeSpan.FromSeconds(5));
        await UntilAsync(() => pool.Count == 0);
        _isMemoryShort = false;
        _time.Advance(TimeSpan.FromSeconds(5));

        await UntilAsync(() => pool.Count == 1);
    }

    [Fact]
    public async Task What_cannot_be_started_is_not_tried_again_before_it_is_wanted_again()
    {
        var pool = Start(most: 8);
        var tries = 0;
        pool.Take("a", () => Fail());
        pool.Done();
        await UntilAsync(() => tries == 1);
        _time.Advance(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        Use("b");
        await UntilAsync(() => pool.Count == 1);
        Assert.Equal(1, tries);

        Task<Vmm> Fail()
        {
            tries++;
            throw new VmmException("no");
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _pool!.DisposeAsync();
        Assert.All(_made.Where(static each => !each.IsTaken), static each => Assert.True(each.IsGone));
    }

    private WaitingPool<string, Vmm> Start(int most) => _pool = new WaitingPool<string, Vmm>(most, () => _isMemoryShort, _time);

    private Vmm? Take(string snapshot)
    {
        var taken = _pool!.Take(snapshot, () =>
        {
            var vmm = new Vmm();
            _made.Add(vmm);
            return Task.FromResult(vmm);
        });
        if (taken is not null)
        {
            taken.IsTaken = true;
        }

        return taken;
    }

    private void Use(string snapshot)
    {
        Assert.Null(Take(snapshot));
        _pool!.Done();
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            await Task.Delay(1, limit.Token);
        }
    }

    private sealed class Vmm : IAsyncDisposable
    {
        public bool IsTaken { get; set; }

        public bool IsGone { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsGone = true;
            return ValueTask.CompletedTask;
        }
    }
}
