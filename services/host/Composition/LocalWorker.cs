using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Placement;
using Glue.Workers;

namespace Glue.Host.Composition;

/// <summary>One of this process's own workers, as the dispatcher sees any worker.</summary>
internal sealed class LocalWorker(Worker worker) : IWorker
{
    public string Id => worker.Id;

    public Dispatcher.Placement.WorkerStatus Status
    {
        get
        {
            var status = worker.Status;
            return new()
            {
                FreeMemoryMiB = status.MemoryBudgetMiB - status.MemoryUsedMiB - status.MemoryAwaitedMiB,
                WarmSandboxes = status.WarmSandboxes,
            };
        }
    }

    public Task<InvokeOutcome> InvokeAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken) =>
        worker.InvokeAsync(version, request, cancellationToken);

    public void Provision(IReadOnlyCollection<ProvisionedVersion> wanted) => worker.Provision(wanted);

    public ProvisionedState ProvisionedOf(FunctionVersion version) => worker.ProvisionedOf(version);

    public void Prepare(FunctionVersion version) => worker.Prepare(version);

    public Task RetireAsync(string functionArn, CancellationToken cancellationToken) => worker.RetireAsync(functionArn, cancellationToken);
}
