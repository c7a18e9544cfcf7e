namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>
/// Thousands of simulated lives. A failure names its seed: <c>GLUE_SEED=N ./glue test Simulation</c> runs that one alone.
/// </summary>
public sealed class QueueSimulationTests
{
    private const int Seeds = 2000;

    [Fact]
    public void Nothing_is_lost_none_runs_after_it_was_settled_no_limit_is_exceeded_and_keys_keep_their_order()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("GLUE_SEED"), out var seed))
        {
            QueueSimulation.Check(seed);
            return;
        }

        for (seed = 0; seed < Seeds; seed++)
        {
            QueueSimulation.Check(seed);
        }
    }

    [Theory]
    [InlineData("forgets retries", "lost")]
    [InlineData("knows no ids", "settled")]
    [InlineData("promotes the last", "begins after")]
    [InlineData("no limits", "concurrency is exceeded")]
    public void A_planted_bug_is_found(string bug, string violation)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            try
            {
                QueueSimulation.Check(seed, bug);
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
