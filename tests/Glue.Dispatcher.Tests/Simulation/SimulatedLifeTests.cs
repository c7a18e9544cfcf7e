using System.Runtime.CompilerServices;

namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>The simulation has one thread; what the runtime does on others must not reach it.</summary>
public sealed class SimulatedLifeTests
{
    [Fact]
    public void What_a_dead_life_waited_with_stays_silent_when_the_garbage_collector_comes_for_it()
    {
        var time = new SimulatedTime();
        LiveAndDie(time);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(time.HasContinuations);
    }

    /// <summary>A method of its own, so that nothing of the life is left on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LiveAndDie(SimulatedTime time)
    {
        var life = SimulatedLife.Begin(time);
        life.Run(() => _ = TickAsync(life.Clock));
        time.In(0, static () => { });
        time.Step();
        life.Die();
        while (time.Step())
        {
            // Its timer fires for nobody, and nobody knows it any more.
        }
    }

    private static async Task TickAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync())
        {
            // Until the life ends.
        }
    }
}
