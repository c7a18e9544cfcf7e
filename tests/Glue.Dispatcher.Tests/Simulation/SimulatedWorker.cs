using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Placement;

namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>The worker of one life: tells of every start, and ends it when its time has come.</summary>
/// <param name="begin">Takes an invocation's id; answers how long it runs, what comes of it, and whom to tell of the end before the dispatcher.</param>
internal sealed class SimulatedWorker(
    SimulatedTime time, SimulatedLife life, Func<string, (long Milliseconds, InvokeStatus Status, Action End)> begin) : IWorker
{
    public string Id => "worker";

    public WorkerStatus Status { get; } = new() { FreeMemoryMiB = 100_000 };

    public Task<InvokeOutcome> InvokeAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken)
    {
        var (milliseconds, status, end) = begin(request.RequestId);
        var outcome = new TaskCompletionSource<InvokeOutcome>();
        time.In(milliseconds, () =>
        {
            if (!life.IsDead)
            {
                end();
                outcome.SetResult(new InvokeOutcome { Status = status });
            }
        });
        return outcome.Task;
    }

    public void Provision(IReadOnlyCollection<ProvisionedVersion> wanted) => throw new NotSupportedException("Nothing is provisioned here.");

    public ProvisionedState ProvisionedOf(FunctionVersion version) => default;

    public Task RetireAsync(string functionArn, CancellationToken cancellationToken) => Task.CompletedTask;
}
