using Glue.Contracts.Functions;
using Glue.Dispatcher.Placement;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Functions;

/// <summary>What workers hear of a change: versions whose sandboxes must go, and versions to get ready for.</summary>
internal sealed class FunctionRollout(WorkerPool workers, ILogger<FunctionRollout> logger)
{
    /// <param name="before">Null: it was not there.</param>
    /// <param name="after">Null: it was deleted.</param>
    /// <param name="change">What led from the one to the other.</param>
    public async Task TellAsync(DeployedFunction? before, DeployedFunction? after, FunctionChange change)
    {
        foreach (var gone in Gone(before, after, change))
        {
            await RetireAsync(gone);
        }

        foreach (var made in Made(before, after, change))
        {
            foreach (var worker in workers.All)
            {
                worker.Prepare(made);
            }
        }
    }

    /// <returns>ARNs of versions.</returns>
    private static IEnumerable<string> Gone(DeployedFunction? before, DeployedFunction? after, FunctionChange change)
    {
        if (before is not null && before.Latest.RevisionId != after?.Latest.RevisionId)
        {
            yield return before.Latest.Arn;
        }

        var versions = before is null ? [] : after is null ? before.Versions.Select(static version => version.Version) : change.Removed is { } removed ? [removed] : [];
        foreach (var version in versions)
        {
            yield return $"{before!.Arn}:{version}";
        }
    }

    private static IEnumerable<FunctionVersion> Made(DeployedFunction? before, DeployedFunction? after, FunctionChange change)
    {
        if (after is not null && before?.Latest.RevisionId != after.Latest.RevisionId)
        {
            yield return after.Latest;
        }

        if (change.Published is { } published && after?.Resolve(published.Version) is { } version)
        {
            yield return version.Main;
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
