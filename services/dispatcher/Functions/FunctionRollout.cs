using Glue.Dispatcher.Placement;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Functions;

/// <summary>What workers hear of a change: versions whose sandboxes must go, and versions to get ready for.</summary>
internal sealed class FunctionRollout(WorkerPool workers, ILogger<FunctionRollout> logger)
{
    /// <param name="before">Null: it was not there.</param>
    /// <param name="after">Null: it was deleted.</param>
    public async Task TellAsync(DeployedFunction? before, DeployedFunction? after)
    {
        var (old, now) = (before?.AllVersions ?? [], after?.AllVersions ?? []);
        var kept = now.Select(static version => (version.Arn, version.RevisionId)).ToHashSet();
        foreach (var gone in old.Where(version => !kept.Contains((version.Arn, version.RevisionId))))
        {
            await RetireAsync(gone.Arn);
        }

        var known = old.Select(static version => (version.Arn, version.RevisionId)).ToHashSet();
        foreach (var made in now.Where(version => !known.Contains((version.Arn, version.RevisionId))))
        {
            foreach (var worker in workers.All)
            {
                worker.Prepare(made);
            }
        }
    }

    /// <summary>Not the caller's to cancel: the change is made.</summary>
    private async Task RetireAsync(string versionArn)
    {
        foreach (var worker in workers.All)
        {
            try
            {
                await worker.RetireAsync(versionArn, CancellationToken.None);
            }
            catch (Exception e)
            {
                // The change itself stands: sandboxes are keyed by revision, so none of the old ones is used for the new.
                Log.RetireFailed(logger, versionArn, worker.Id, e);
            }
        }
    }
}
