namespace Glue.Bench.Dispatching;

/// <summary>Who offers what, besides the victim (20 events/s of 20 ms). A tenant of a scenario has one function.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Others">The other tenants.</param>
internal sealed record Scenario(string Name, IReadOnlyList<Tenant> Others)
{
    public static readonly Tenant Victim = new("100000000000", EventsPerSecond: 20, Burst: 1, TimeSpan.FromMilliseconds(20), Fails: false);

    public static readonly IReadOnlyList<Scenario> All =
    [
        new("alone", []),
        new("beside one that offers 100 times as much", [new Tenant("200000000000", 2000, 100, TimeSpan.FromMilliseconds(20), Fails: false)]),
        new("beside one that always fails after 2 s", [new Tenant("200000000000", 20, 1, TimeSpan.FromSeconds(2), Fails: true)]),
        new("beside 50 tenants in bursts of 25", [.. Enumerable.Range(0, 50).Select(i =>
            new Tenant($"3000000000{i:00}", 5, 25, TimeSpan.FromMilliseconds(20), Fails: false))]),
    ];
}

/// <param name="Account">Its account.</param>
/// <param name="EventsPerSecond">On average.</param>
/// <param name="Burst">So many at once.</param>
/// <param name="Service">Run time of its function.</param>
/// <param name="Fails">Its function raises at the end of it.</param>
internal sealed record Tenant(string Account, double EventsPerSecond, int Burst, TimeSpan Service, bool Fails);
