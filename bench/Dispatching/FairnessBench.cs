using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;

namespace Glue.Bench.Dispatching;

/// <summary>
/// How long a victim's events wait from the call that enqueues them to the start of their run: measured on the production dispatcher, and for the three
/// disciplines alike in a model of the same scenarios in virtual time (no disk, no threads: the discipline alone).
/// </summary>
internal static class FairnessBench
{
    private const int Places = 8;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    public static async Task RunAsync()
    {
        Console.WriteLine($"{Places} places; the victim offers 20 events/s of 20 ms. Queueing time of the victim, ms.\n");
        Console.WriteLine("| | dispatcher, measured: p50 / p99 | fair, model | FIFO, model | stochastic fair queueing, model |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var scenario in Scenario.All)
        {
            var measured = await MeasureAsync(scenario);
            var fair = FairnessModel.Run(scenario, Places, new FairDiscipline(Places));
            var fifo = FairnessModel.Run(scenario, Places, new FifoDiscipline());
            var hashed = FairnessModel.Run(scenario, Places, new StochasticFairDiscipline());
            Console.WriteLine($"| {scenario.Name} | {Show(measured)} | {Show(fair)} | {Show(fifo)} | {Show(hashed)} |");
        }
    }

    private static string Show(IReadOnlyList<double> waits) => string.Create(
        CultureInfo.InvariantCulture, $"{Percentile(waits, 0.50):0.0} / {Percentile(waits, 0.99):0.0}");

    private static double Percentile(IReadOnlyList<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

    private static async Task<IReadOnlyList<double>> MeasureAsync(Scenario scenario)
    {
        var tenants = scenario.Others.Append(Scenario.Victim).ToDictionary(static tenant => tenant.Account, StringComparer.Ordinal);
        var enqueued = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var waits = new ConcurrentQueue<double>();
        async Task<InvokeOutcome> WorkAsync(FunctionVersion version, InvokeRequest request)
        {
            if (enqueued.TryRemove(request.RequestId, out var at))
            {
                waits.Enqueue(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }

            var tenant = tenants[version.AccountId];
            await Task.Delay(tenant.Service);
            return tenant.Fails ? DispatcherRig.Failure : DispatcherRig.Success;
        }

        await using var rig = new DispatcherRig(Places, WorkAsync);
        foreach (var tenant in tenants.Values)
        {
            await rig.DeployAsync(tenant.Account, "f");
        }

        await rig.StartAsync();
        await Task.WhenAll(tenants.Values.Select((tenant, index) => OfferAsync(rig, tenant, index, tenant == Scenario.Victim ? enqueued : null)));
        return [.. waits.Skip(20)]; // the first second warms code and disk up
    }

    private static async Task OfferAsync(DispatcherRig rig, Tenant tenant, int index, ConcurrentDictionary<string, long>? enqueued)
    {
        var period = TimeSpan.FromSeconds(tenant.Burst / tenant.EventsPerSecond);
        await Task.Delay(period * (index % 10) / 10); // not all in one instant
        using var timer = new PeriodicTimer(period);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration)
        {
            var batch = Enumerable.Range(0, tenant.Burst).Select(_ => DispatcherRig.New(tenant.Account, "f", "{}"u8.ToArray())).ToList();
            batch.ForEach(invocation => enqueued?.TryAdd(invocation.Id, Stopwatch.GetTimestamp()));
            await rig.Queue.EnqueueAsync(batch, CancellationToken.None);
            await timer.WaitForNextTickAsync();
        }
    }
}
