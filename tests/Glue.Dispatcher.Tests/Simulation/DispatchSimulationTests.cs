namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>
/// Thousands of simulated lives. A failure names its seed: <c>GLUE_SEED=N dotnet test tests/Glue.Dispatcher.Tests --filter Simulation</c> runs that one alone.
/// </summary>
public sealed class DispatchSimulationTests
{
    private const int Seeds = 2000;

    [Fact]
    public void Nothing_is_lost_none_runs_after_it_was_settled_limits_and_the_fairness_bound_hold_nobody_starves_and_keys_keep_their_order()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("GLUE_SEED"), out var seed))
        {
            DispatchSimulation.Check(seed);
            return;
        }

        for (seed = 0; seed < Seeds; seed++)
        {
            DispatchSimulation.Check(seed);
        }
    }

    [Theory]
    [InlineData("acknowledges too soon", "is lost")]
    [InlineData("knows no ids", "runs after it was settled")]
    [InlineData("admits one too many", "concurrency is exceeded")]
    [InlineData("favours one", "beyond the fairness bound")]
    [InlineData("forgets retries", "starves")]
    [InlineData("promotes the last", "begins after")]
    [InlineData("lets nothing grow old", "is older than it may become")]
    public void A_planted_bug_is_found(string bug, string violation)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            try
            {
                DispatchSimulation.Check(seed, bug);
            }
            catch (ViolationException e)
            {
                Assert.Contains(violation, e.Message, StringComparison.Ordinal);
                return;
            }
        }

        Assert.Fail($"'{bug}' went unnoticed in 50 seeds.");
    }
}
