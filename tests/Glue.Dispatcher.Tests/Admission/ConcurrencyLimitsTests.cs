using Glue.Dispatcher.Admission;

namespace Glue.Dispatcher.Tests.Admission;

public sealed class ConcurrencyLimitsTests
{
    private const string Account = "000000000000";

    private readonly Clock _clock = new();

    [Fact]
    public void Functions_without_a_reservation_share_what_is_not_reserved()
    {
        var limits = New(concurrency: 10, reserved: 4);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(Account, $"f{i}", null));
        }

        Assert.Equal(AdmissionResult.AccountConcurrency, limits.TryEnter(Account, "f", null));
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(Account, "own", 4));
        limits.Leave(Account, "own");
        Assert.Equal(AdmissionResult.AccountConcurrency, limits.TryEnter(Account, "f", null));
        limits.Leave(Account, "f0");
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(Account, "f", null));
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter("111111111111", "f", null));
    }

    [Fact]
    public void A_reservation_is_a_guarantee_and_a_limit_and_zero_stops_the_function()
    {
        var limits = New(concurrency: 10, reserved: 2);
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(Account, "own", 2));
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(Account, "own", 2));
        Assert.Equal(AdmissionResult.ReservedConcurrency, limits.TryEnter(Account, "own", 2));
        Assert.Equal(AdmissionResult.ReservedConcurrency, limits.TryEnter(Account, "stopped", 0));
        Assert.False(limits.HasRoom(Account, "own", 2));
    }

    [Fact]
    public void A_functions_concurrency_rises_by_a_thousand_at_once_and_by_a_thousand_more_every_ten_seconds()
    {
        var limits = New(concurrency: 100_000);
        Assert.Equal(1000, EnterAll(limits));
        Assert.Equal(AdmissionResult.ScalingRate, limits.TryEnter(Account, "f", null));
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(Account, "other", null));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(500, EnterAll(limits));
        limits.Leave(Account, "f");
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(Account, "f", null)); // no more than ran before
        Assert.Equal(AdmissionResult.ScalingRate, limits.TryEnter(Account, "f", null));
    }

    [Fact]
    public void Whoever_was_refused_hears_when_a_place_is_given_back()
    {
        var limits = New(concurrency: 1);
        var told = 0;
        limits.WhenRoomIsMade(() => told++);
        limits.TryEnter(Account, "f", null);
        limits.Leave(Account, "f");
        Assert.Equal(0, told);
        limits.TryEnter(Account, "f", null);
        Assert.False(limits.HasRoom(Account, "g", null));
        limits.Leave(Account, "f");
        Assert.Equal(1, told);
    }

    private static int EnterAll(ConcurrencyLimits limits)
    {
        var entered = 0;
        while (limits.TryEnter(Account, "f", null) == AdmissionResult.Admitted)
        {
            entered++;
        }

        return entered;
    }

    private ConcurrencyLimits New(int concurrency, int reserved = 0) => new(
        new AccountLimits(new DispatcherOptions { CodeFolder = "unused", SecretKeyFile = "unused", AccountConcurrency = concurrency }), account => account == Account ? reserved : 0, _clock);

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
