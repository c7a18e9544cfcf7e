using Glue.Dispatcher.Placement;
using Glue.Workers;

namespace Glue.Host.Composition;

/// <summary>The runtimes of this process's workers: they have the same driver, and so the same.</summary>
internal sealed class WorkerRuntimes(WorkerSet workers) : IRuntimes
{
    public string? WhyNot(string runtime) => workers.All[0].Runtimes.WhyNot(runtime);

    public string VersionArn(string runtime, string region) => workers.All[0].Runtimes.VersionOf(runtime, region).Arn;
}
