using Glue.Functions.Runtime;
using Glue.Functions.Storage;

namespace Glue.Functions.Objects;

/// <summary>What earlier runs left in the place of results.</summary>
/// <param name="storage">Where.</param>
/// <param name="bucket">Of the results.</param>
/// <param name="log">Told what could not be done: a role may allow writing only.</param>
public sealed class Leftovers(StorageClient storage, string bucket, ILambdaLogger log)
{
    /// <summary>Longest life of an invocation: an upload that is older belongs to a run that was killed.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(16);

    /// <summary>A run that was killed could not give its uploads up; nobody sees them, but they take room.</summary>
    /// <param name="prefix">Of their keys.</param>
    /// <param name="isResult">Whether a key with that prefix is one of a result.</param>
    public void GiveUploadsUp(string prefix, Func<string, bool> isResult)
    {
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            foreach (var upload in storage.UnfinishedUploads(bucket, prefix))
            {
                if (isResult(upload.Key) && upload.Begun is { } begun && now - begun > LongestRun)
                {
                    upload.Abort();
                }
            }
        }
        catch (StorageException e)
        {
            log.LogDebug($"no leftovers were looked for: {e.Message}");
        }
    }

    /// <summary>Deletes a result of an earlier form of the original, which this one has no more.</summary>
    /// <returns>False: there was none.</returns>
    public bool Delete(string key)
    {
        try
        {
            storage.Head(bucket, key); // deleting what is not there would leave a marker in a bucket with versions
        }
        catch (StorageException e)
        {
            if (e.Status != 404)
            {
                log.LogDebug($"whether {bucket}/{key} is left of an earlier run is not known: {e.Message}");
            }

            return false;
        }

        try
        {
            storage.Delete(bucket, key);
            return true;
        }
        catch (StorageException e)
        {
            log.LogWarning($"{bucket}/{key} is left of an earlier run and could not be deleted: {e.Message}");
            return false;
        }
    }
}
