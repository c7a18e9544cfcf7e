using Glue.Dispatcher.Admission;

namespace Glue.Dispatcher.Tests.Admission;

public sealed class ConcurrencyLimitsTests
{
    private const string Account = "000000000000";

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Functions_without_a_reservation_share_what_is_not_reserved()
    {
        var limits = New(concurrency: 10, reserved: 4);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(AdmissionResult.Admitted, Enter(limits, $"f{i}"));
        }

        Assert.Equal(AdmissionResult.AccountConcurrency, Enter(limits, "f"));
        Assert.Equal(AdmissionResult.Admitted, Enter(limits, "own", 4));
        Leave(limits, "own", 4);
        Assert.Equal(AdmissionResult.AccountConcurrency, Enter(limits, "f"));
        Leave(limits, "f0");
        Assert.Equal(AdmissionResult.Admitted, Enter(limits, "f"));
        Assert.Equal(AdmissionResult.Admitted, Enter(limits, "f", null, account: "111111111111"));
    }

    [Fact]
    public void A_reservation_is_a_guarantee_and_a_limit_and_zero_stops_the_function()
    {
        var limits = New(concurrency: 10, reserved: 2);
        Assert.Equal(AdmissionResult.Admitted, Enter(limits, "own", 2));
        Assert.Equal(AdmissionResult.Admitted, Enter(limits, "own", 2));
        Assert.Equal(AdmissionResult.ReservedConcurrency, Enter(limits, "own", 2));
        Assert.Equal(AdmissionResult.ReservedConcurrency, Enter(limits, "stopped", 0));
        Assert.False(limits.HasRoom(new AdmissionRequest(Account, "own", 2)));
    }

    [Fact]
    public void A_functions_concurrency_rises_by_a_thousand_at_once_and_by_a_thousand_more_every_ten_seconds()
    {
        var limits = New(concurrency: 100_000);
        Assert.Equal(1000, EnterAll(limits));
        Assert.Equal(AdmissionResult.ScalingRate, Enter(limits, "f"));
        Assert.Equal(AdmissionResult.Admitted, Enter(limits, "other"));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(500, EnterAll(limits));
        Leave(limits, "f");
        Assert.Equal(AdmissionResult.Admitted, Enter(limits, "f")); // no more than ran before
        Assert.Equal(AdmissionResult.ScalingRate, Enter(limits, "f"));
    }

    [Fact]
    public void Whoever_was_refused_hears_when_a_place_is_given_back()
    {
        var limits = New(concurrency: 1);
        var told = 0;
        limits.WhenRoomIsMade(() => told++);
        Enter(limits, "f");
        Leave(limits, "f");
        Assert.Equal(0, told);
        Enter(limits, "f");
        Assert.False(limits.HasRoom(new AdmissionRequest(Account, "g")));
        Leave(limits, "f");
        Assert.Equal(1, told);
    }

    [Fact]
    public void Whoever_the_scaling_rate_refused_hears_of_its_room_though_nothing_ends()
    {
        var limits = New(concurrency: 100_000);
        var told = 0;
        limits.WhenRoomIsMade(() => told++);
        EnterAll(limits);
        Assert.False(limits.HasRoom(new AdmissionRequest(Account, "f")));
        Assert.Equal(0, told);
        _clock.Advance(ConcurrencyLimits.RateLook);
        Assert.Equal(1, told);
        Assert.True(limits.HasRoom(new AdmissionRequest(Account, "f")));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, told); // nobody waits for it any more
    }

    [Fact]
    public void A_stopped_account_runs_nothing_whatever_is_reserved_or_provisioned_in_it()
    {
        var limits = New(concurrency: 0);
        Assert.Equal(AdmissionResult.AccountConcurrency, Enter(limits, "own", 4));
        Assert.Equal(AdmissionResult.AccountConcurrency, limits.TryEnter(new AdmissionRequest(Account, "f", null, "live", 2, 2), out _));
    }

    [Fact]
    public void A_qualifier_uses_what_is_provisioned_for_it_first_and_then_what_the_account_has_beside_it()
    {
        var limits = New(concurrency: 5, reserved: 2); // 2 provisioned for f:live, so 3 are left
        var live = new AdmissionRequest(Account, "f", null, "live", Provisioned: 2, ProvisionedOfAll: 2);
        var places = new List<AdmittedPlace>();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(live, out var place));
            places.Add(place);
        }

        Assert.Equal(AdmissionResult.AccountConcurrency, limits.TryEnter(live, out _));
        Assert.Equal([PlaceKind.Provisioned, PlaceKind.Provisioned, PlaceKind.Account, PlaceKind.Account, PlaceKind.Account], places.Select(static place => place.Kind));
        limits.Leave(places[0]);
        Assert.Equal(AdmissionResult.AccountConcurrency, Enter(limits, "other")); // it is f:live's
        Assert.Equal(AdmissionResult.AccountConcurrency, Enter(limits, "f")); // $LATEST's neither
        Assert.False(limits.HasRoom(live with { Qualifier = null, Provisioned = 0 }));
        Assert.True(limits.HasRoom(live));
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(live, out _));
        limits.Leave(places[4]);
        Assert.Equal(AdmissionResult.Admitted, Enter(limits, "other"));
    }

    [Fact]
    public void What_is_provisioned_of_a_reservation_is_kept_from_the_functions_other_qualifiers_and_knows_no_scaling_rate()
    {
        var limits = New(concurrency: 100_000, reserved: 3);
        var latest = new AdmissionRequest(Account, "f", 3, ProvisionedOfAll: 2);
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(latest, out _));
        Assert.Equal(AdmissionResult.ReservedConcurrency, limits.TryEnter(latest, out _));
        var live = latest with { Qualifier = "live", Provisioned = 2 };
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(live, out _));
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(live, out _));
        Assert.Equal(AdmissionResult.ReservedConcurrency, limits.TryEnter(live, out _));
        Assert.Equal(3, limits.Running(Account));

        EnterAll(limits, "g");
        Assert.Equal(AdmissionResult.ScalingRate, Enter(limits, "g"));
        Assert.Equal(AdmissionResult.Admitted, limits.TryEnter(new AdmissionRequest(Account, "g", null, "live", 1, 1), out _));
    }

    [Fact]
    public void Functions_that_have_not_run_for_a_while_are_forgotten_and_those_that_run_are_not()
    {
        var limits = New(concurrency: 100_000);
        EnterAll(limits);
        for (var i = 0; i < 10_000; i++)
        {
            Enter(limits, $"deleted{i}");
            Leave(limits, $"deleted{i}");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(limits.Remembered(Account), 1, 512);
        Assert.Equal(1000, limits.Running(Account));
        Leave(limits, "f");
        Assert.Equal(999, limits.Running(Account));
    }

    private static AdmissionResult Enter(ConcurrencyLimits limits, string function, int? reserved = null, string account = Account) =>
        limits.TryEnter(new AdmissionRequest(account, function, reserved), out _);

    private static void Leave(ConcurrencyLimits limits, string function, int? reserved = null) =>
        limits.Leave(new AdmittedPlace(Account, function, reserved is null ? PlaceKind.Account : PlaceKind.Reserved));

    private static int EnterAll(ConcurrencyLimits limits, string function = "f")
    {
        var entered = 0;
        while (Enter(limits, function) == AdmissionResult.Admitted)
        {
            entered++;
        }

        return entered;
    }

    private ConcurrencyLimits New(int concurrency, int reserved = 0) => new(
        new AccountLimits(new DispatcherOptions { CodeFolder = "unused", SecretKeyFile = "unused", AccountConcurrency = concurrency }), account => account == Account ? reserved : 0, _clock);
}
