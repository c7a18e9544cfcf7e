using System.Diagnostics;

namespace Glue.Functions.FunctionalTests;

/// <summary>Polls with a budget: for what another process does in its own time.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> claim, Func<string> state)
    {
        for (var clock = Stopwatch.StartNew(); !claim();)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException("It did not come true in 20 s:\n" + state());
            }

            await Task.Delay(10);
        }
    }
}
