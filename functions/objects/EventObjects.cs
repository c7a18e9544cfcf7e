using System.Runtime.ExceptionServices;
using Glue.Functions.Runtime;
using Glue.Functions.Storage;

namespace Glue.Functions.Objects;

/// <summary>What every function of the kind "object in, objects out" does with an S3 event.</summary>
public static class EventObjects
{
    /// <summary>
    /// Runs <paramref name="make"/> for every object that was created. Every record is tried before the first failure is thrown: one bad
    /// object does not hold up the others. Left alone with a line in the log: other events, results of the function itself, and
    /// objects that were deleted meanwhile.
    /// </summary>
    /// <param name="input">The event.</param>
    /// <param name="context">For its log.</param>
    /// <param name="place">Where results go.</param>
    /// <param name="result">What one is called, with its article: <c>a thumbnail</c>.</param>
    /// <param name="make">Makes the results of one object.</param>
    public static List<T> Each<T>(S3Event input, ILambdaContext context, OutputPlace place, string result, Func<SourceObject, T> make)
    {
        var made = new List<T>();
        ExceptionDispatchInfo? failure = null;
        foreach (var record in input.Records)
        {
            var source = new SourceObject(record.S3.Bucket.Name, record.S3.Object.KeyUrlDecoded, record.S3.Object.VersionId);
            try
            {
                if (IsWanted(source, record.EventName, place, result, context.Logger))
                {
                    made.Add(make(source));
                }
            }
            catch (StorageException e) when (e.Code is "NoSuchKey" or "NoSuchVersion" or "NotFound" && e.Key == source.Key && e.Bucket == source.Bucket)
            {
                context.Logger.LogWarning($"{source}: deleted before it could be made into {result}");
            }
            catch (Exception e)
            {
                if (e is ObjectException fault)
                {
                    fault.Where = source.ToString();
                }

                if (failure is not null)
                {
                    context.Logger.LogError(e.Message); // only the first can be the invocation's error
                }

                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        failure?.Throw();
        return made;
    }

    private static bool IsWanted(SourceObject source, string eventName, OutputPlace place, string result, ILambdaLogger log)
    {
        if (!eventName.StartsWith("ObjectCreated:", StringComparison.Ordinal))
        {
            log.LogInformation($"{source}: nothing to do for {eventName}");
            return false;
        }

        if (place.Holds(source.Bucket, source.Key))
        {
            log.LogWarning($"{source}: left alone, it is under OUTPUT_PREFIX and so {result} already");
            return false;
        }

        return true;
    }
}
