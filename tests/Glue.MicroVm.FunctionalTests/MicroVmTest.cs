using Glue.Contracts.Functions;
using Glue.Workers;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

/// <summary>Tests of what only microVMs have.</summary>
public abstract class MicroVmTest(ITestOutputHelper output)
{
    protected static readonly TimeSpan Budget = TimeSpan.FromMinutes(3);

    protected WorkerFixture Start(MicroVmOptions? options = null, Func<WorkersOptions, WorkersOptions>? configure = null)
    {
        WorkerFixture.MicroVm.Value = options ?? new MicroVmOptions();
        return WorkerFixture.Start(output, configure);
    }

    /// <summary>Has the function's snapshot made.</summary>
    protected static async Task SnapshotAsync(WorkerFixture worker, FunctionVersion function)
    {
        worker.Worker.Prepare(function);
        using var limit = new CancellationTokenSource(Budget);
        while (worker.Driver.NeedsSnapshot(function))
        {
            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>Gives up the function's warm sandboxes: its next call is a cold start.</summary>
    internal static Task CoolAsync(WorkerFixture worker, FunctionVersion function) =>
        worker.Worker.RetireAsync(function.Arn[..function.Arn.LastIndexOf(':')], CancellationToken.None);
}
