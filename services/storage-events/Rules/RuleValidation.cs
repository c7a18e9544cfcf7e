using System.Text;
using Glue.Contracts.Storage;
using Glue.StorageEvents.S3Events;

namespace Glue.StorageEvents.Rules;

/// <summary>
/// Decides whether a bucket's configuration may be put, as S3 does: first what each rule says, then whether two rules overlap,
/// then the functions. Where S3 has a sentence for a fault, the message begins with it; what is wrong and how to go on follows.
/// </summary>
/// <remarks>S3 User Guide, "Configuring event notifications using object key name filtering", and API Reference,
/// PutBucketNotificationConfiguration, read 2026-11.</remarks>
internal sealed class RuleValidation(IFunctionDirectory functions)
{
    /// <summary>S3's quota per bucket.</summary>
    public const int MaxRules = 100;

    private const int MaxIdLength = 255;
    private const int MaxFilterBytes = 1024;

    /// <exception cref="NotificationRefusedException">It may not; the message says why and what to do.</exception>
    public void Check(string accountId, string bucket, BucketNotificationConfiguration configuration)
    {
        var rules = configuration.Rules;
        if (rules.Count > MaxRules)
        {
            throw new NotificationRefusedException($"A bucket can have at most {MaxRules} notification configurations; these are {rules.Count}.");
        }

        foreach (var rule in rules)
        {
            CheckAlone(rule);
        }

        CheckIds(rules);
        RuleOverlap.Check(rules);
        foreach (var rule in rules)
        {
            CheckFunction(accountId, bucket, rule);
        }
    }

    private static void CheckAlone(BucketRule rule)
    {
        if (rule.Id.Length is 0 or > MaxIdLength)
        {
            throw new NotificationRefusedException($"Id must have 1 to {MaxIdLength} characters; '{Shorten(rule.Id)}' has {rule.Id.Length}.");
        }

        if (rule.Events.Count == 0)
        {
            throw new NotificationRefusedException($"Configuration '{rule.Id}' names no event. Give at least one, such as s3:ObjectCreated:*.");
        }

        if (rule.Events.FirstOrDefault(type => S3EventTypes.OfRule(type) == 0) is { } unknown)
        {
            throw new NotificationRefusedException(
                $"The event is not supported for notifications: '{Shorten(unknown)}' in configuration '{rule.Id}'. "
                + "Events are written as s3:ObjectCreated:*, s3:ObjectCreated:Put, s3:ObjectRemoved:* and so on.");
        }

        CheckFilter(rule, "prefix", rule.Prefix);
        CheckFilter(rule, "suffix", rule.Suffix);
    }

    private static void CheckFilter(BucketRule rule, string name, string value)
    {
        if (Encoding.UTF8.GetByteCount(value) > MaxFilterBytes)
        {
            throw new NotificationRefusedException(
                $"Size of filter rule value cannot exceed {MaxFilterBytes} bytes in UTF-8 representation: {name} of configuration '{rule.Id}'.");
        }
    }

    private static void CheckIds(IReadOnlyList<BucketRule> rules)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (rules.FirstOrDefault(rule => !seen.Add(rule.Id)) is { } twice)
        {
            throw new NotificationRefusedException($"Same ID used for multiple configurations. IDs must be unique: '{twice.Id}'.");
        }
    }

    private void CheckFunction(string accountId, string bucket, BucketRule rule)
    {
        var arn = FunctionArn.Parse(rule.FunctionArn) ?? throw new NotificationRefusedException(
            $"The ARN is not well formed: '{Shorten(rule.FunctionArn)}' in configuration '{rule.Id}'. "
            + "A function's ARN is arn:aws:lambda:REGION:ACCOUNT:function:NAME, with :VERSION or :ALIAS behind it where wanted.");
        var target = functions.Find(arn.Text);
        if (target is null || !functions.AllowsS3(arn.Text, BucketArn.Of(bucket), accountId))
        {
            throw Unreachable(accountId, bucket, arn, exists: target is not null);
        }

        RuleRecursion.Check(bucket, rule, arn, target);
    }

    private static NotificationRefusedException Unreachable(string accountId, string bucket, FunctionArn arn, bool exists)
    {
        var permit = "aws lambda add-permission --function-name " + arn.Name + (arn.Qualifier is null ? "" : " --qualifier " + arn.Qualifier)
            + $" --statement-id s3-{bucket.Replace('.', '-')} --action lambda:InvokeFunction --principal s3.amazonaws.com"
            + $" --source-arn {BucketArn.Of(bucket)} --source-account {accountId}";
        var why = (arn.AccountId == accountId, exists) switch
        {
            // Whether a function of another account exists is that account's business.
            (false, _) => $"Account {arn.AccountId} has no such function or does not let S3 invoke it for this bucket; its owner runs: {permit}",
            (true, false) => "There is no such function (aws lambda list-functions shows those there are).",
            (true, true) => $"S3 may not invoke this function for this bucket. Run: {permit} (./glue rule add does both).",
        };
        return new NotificationRefusedException($"Unable to validate the following destination configurations: {arn.Text}. {why}");
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
