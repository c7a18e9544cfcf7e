using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Rules;

/// <summary>
/// Refuses a rule whose function says, in its environment, that it writes where the rule would fire again. Only what is declared
/// counts: <c>OUTPUT_BUCKET</c> (absent: the bucket of the event) and <c>OUTPUT_PREFIX</c>. A function that declares neither is
/// taken at its word; the lineage of 16 stops it if need be.
/// </summary>
internal static class RuleRecursion
{
    /// <exception cref="NotificationRefusedException">The rule would fire for the function's own output.</exception>
    public static void Check(string bucket, BucketRule rule, FunctionArn arn, FunctionTarget target)
    {
        if (rule.AllowsRecursion || (CompiledRule.EventsOf(rule) & S3EventTypes.Created) == 0)
        {
            return;
        }

        var outputPrefix = target.Environment.GetValueOrDefault("OUTPUT_PREFIX");
        var outputBucket = target.Environment.GetValueOrDefault("OUTPUT_BUCKET");
        if ((outputPrefix is null && outputBucket is null) || (!string.IsNullOrEmpty(outputBucket) && outputBucket != BucketAddress.Parse(bucket).Bucket))
        {
            return;
        }

        // The bucket alone is declared: only a rule on the whole bucket is sure to see the output.
        // A suffix does not help: nothing is declared about the names under the prefix.
        var firesAgain = outputPrefix is null ? rule.Prefix.Length == 0 : RuleOverlap.PrefixesOverlap(outputPrefix, rule.Prefix);
        if (firesAgain)
        {
            throw new NotificationRefusedException(
                $"Configuration '{rule.Id}' would trigger itself: it fires for keys under '{rule.Prefix}' of bucket '{bucket}', and function '{arn.Name}' "
                + $"writes into that bucket under '{outputPrefix}' (its OUTPUT_PREFIX and OUTPUT_BUCKET). "
                + "Give the function another output prefix or bucket, or the rule another prefix; if it is meant, put the configuration with "
                + "the header x-glue-allow-recursion: true (./glue rule add --allow-recursion).");
        }
    }
}
