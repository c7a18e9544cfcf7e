namespace Glue.Bench.Dispatching;

/// <summary>A scenario in virtual time: arrivals, places that hold an event for its run time, and a discipline that says whose is next.</summary>
internal static class FairnessModel
{
    private const double DurationMs = 60_000;

    /// <returns>The victim's waits, ms.</returns>
    public static IReadOnlyList<double> Run(Scenario scenario, int places, IDiscipline discipline)
    {
        var random = new Random(1);
        var events = new PriorityQueue<(Tenant Tenant, bool IsEnd), double>();
        foreach (var tenant in scenario.Others.Append(Scenario.Victim))
        {
            var period = 1000 * tenant.Burst / tenant.EventsPerSecond;
            for (var at = random.NextDouble() * period; at < DurationMs; at += period)
            {
                for (var i = 0; i < tenant.Burst; i++)
                {
                    events.Enqueue((tenant, IsEnd: false), at);
                }
            }
        }

        var arrivals = scenario.Others.Append(Scenario.Victim).ToDictionary(static tenant => tenant, static _ => new Queue<double>());
        var waits = new List<double>();
        var free = places;
        while (events.TryDequeue(out var next, out var now))
        {
            if (next.IsEnd)
            {
                free++;
                discipline.Finished(next.Tenant);
            }
            else
            {
                arrivals[next.Tenant].Enqueue(now);
                discipline.Arrived(next.Tenant);
            }

            while (free > 0 && discipline.Next() is { } tenant)
            {
                free--;
                events.Enqueue((tenant, IsEnd: true), now + tenant.Service.TotalMilliseconds);
                var wait = now - arrivals[tenant].Dequeue();
                if (tenant == Scenario.Victim)
                {
                    waits.Add(wait);
                }
            }
        }

        return waits;
    }
}
