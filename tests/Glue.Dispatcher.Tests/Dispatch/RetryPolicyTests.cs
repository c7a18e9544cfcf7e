using Glue.Contracts.Invocations;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Dispatch;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Queue;
using Glue.Dispatcher.Tests.Simulation;

namespace Glue.Dispatcher.Tests.Dispatch;

public sealed class RetryPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly DispatcherOptions Options = new() { CodeFolder = "unused", SecretKeyFile = "unused" };

    private readonly RetryPolicy _policy = new(Options, new EventAges(Options, new AccountLimits(Options), new SimulatedFunctions(hasReserved: false)));

    [Fact]
    public void A_success_is_done() => Assert.Equal(SettlementKind.Done, _policy.AfterAttempt(Leased(), Attempt(InvokeStatus.Succeeded)).Kind);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void A_function_error_is_retried_after_one_and_then_two_minutes(int errorsBefore, int minutes)
    {
        var settlement = _policy.AfterAttempt(Leased(functionErrors: errorsBefore), Attempt(InvokeStatus.FunctionError));
        Assert.Equal((SettlementKind.Retry, Now.AddMinutes(minutes)), (settlement.Kind, settlement.DueAt));
    }

    [Fact]
    public void The_third_function_error_is_the_last()
    {
        var settlement = _policy.AfterAttempt(Leased(functionErrors: 2), Attempt(InvokeStatus.FunctionError));
        Assert.Equal(SettlementKind.DeadLetter, settlement.Kind);
        Assert.Contains("failed 3 times", settlement.Reason, StringComparison.Ordinal);
        Assert.NotNull(settlement.Attempt);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(5, 32)]
    [InlineData(8, 256)]
    [InlineData(9, 300)]
    [InlineData(10_000, 300)]
    public void What_could_not_run_backs_off_from_one_second_doubling_to_five_minutes(int postponements, int seconds)
    {
        var settlement = _policy.AfterAttempt(Leased(postponements: postponements), Attempt(InvokeStatus.NotRun));
        Assert.Equal((SettlementKind.Postpone, Now.AddSeconds(seconds)), (settlement.Kind, settlement.DueAt));
        Assert.Equal("no room", settlement.Reason);
    }

    [Fact]
    public void An_event_older_than_six_hours_is_not_run()
    {
        var settlement = _policy.Refuse(Leased(acceptedAt: Now.AddHours(-6).AddSeconds(-1)), Now);
        Assert.Equal(SettlementKind.DeadLetter, settlement?.Kind);
        Assert.Contains("older than its limit of 06:00:00", settlement!.Reason, StringComparison.Ordinal);
        Assert.Null(_policy.Refuse(Leased(acceptedAt: Now.AddHours(-6)), Now));
    }

    [Fact]
    public void A_retry_that_would_come_too_late_is_a_dead_letter_at_once()
    {
        var old = Now.AddHours(-6).AddSeconds(30);
        Assert.Equal(SettlementKind.DeadLetter, _policy.AfterAttempt(Leased(acceptedAt: old), Attempt(InvokeStatus.FunctionError)).Kind);
        var notRun = _policy.AfterAttempt(Leased(acceptedAt: old, postponements: 9), Attempt(InvokeStatus.NotRun));
        Assert.Equal(SettlementKind.DeadLetter, notRun.Kind);
        Assert.EndsWith("no room", notRun.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_sixteen_stops_and_says_which_rule_and_object()
    {
        Assert.Null(_policy.Refuse(Leased(lineage: 15), Now));
        var settlement = _policy.Refuse(Leased(lineage: 16), Now);
        Assert.Equal(SettlementKind.DeadLetter, settlement?.Kind);
        Assert.Contains("rule 'thumbs' of bucket 'pictures' fired for 'a b.jpg'", settlement!.Reason, StringComparison.Ordinal);
    }

    private static LeasedInvocation Leased(int functionErrors = 0, int postponements = 0, DateTimeOffset? acceptedAt = null, int lineage = 0) => new(
        new Lease(1, 1),
        new Invocation
        {
            Id = "i",
            AccountId = "000000000000",
            FunctionName = "f",
            Payload = default,
            AcceptedAt = acceptedAt ?? Now,
            LineageDepth = lineage,
            Source = new InvocationSource("s3", "thumbs", "pictures", "a b.jpg"),
        },
        functionErrors,
        postponements);

    private static AttemptReport Attempt(InvokeStatus status) =>
        new(Now, Now, new InvokeOutcome { Status = status, Reason = status == InvokeStatus.NotRun ? "no room" : null });
}
