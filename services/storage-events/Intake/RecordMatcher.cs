using Glue.Contracts.Invocations;
using Glue.Contracts.Storage;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Rules;
using Glue.StorageEvents.S3Events;

namespace Glue.StorageEvents.Intake;

/// <summary>
/// Turns log records into invocations: one per record and matching rule. What cannot be read, and what its function does not let this bucket
/// cause (any more), is told apart. Used by one loop.
/// </summary>
internal sealed class RecordMatcher(BucketNotifications notifications, IFunctionDirectory functions, StorageEventsOptions options, TimeProvider time, Func<ObjectChange, CompiledRule, bool>? wants = null)
{
    private static readonly string[] WaysToMake =
        ["ObjectCreated:Put", "ObjectCreated:CompleteMultipartUpload", "ObjectCreated:Post", "ObjectCreated:Copy"];

    // Reused from record to record: most give one change and one match.
    private readonly List<S3EventRecord> _records = [];
    private readonly List<string> _faults = [];
    private readonly List<CompiledRule> _rules = [];

    public MatchedBatch Match(IReadOnlyList<EventLogRecord> batch)
    {
        var matched = new MatchedBatch();
        var now = time.GetUtcNow();
        foreach (var logged in batch)
        {
            _records.Clear();
            _faults.Clear();
            S3EventReader.Read(logged.Value, logged.Time, _records, _faults);
            foreach (var record in _records)
            {
                Match(record, now, matched.Invocations);
            }

            if (_faults.Count > 0)
            {
                matched.Rejected.Add(new RejectedRecord(logged.Offset, logged.Time, logged.Key, string.Join("; ", _faults), logged.Value, logged.Partition));
            }
        }

        return matched;
    }

    /// <summary>
    /// What the rules make of an object that is there. How it was made is not kept, so each rule gets the way it asks for, the likeliest first: of a
    /// plain put the id is the one that its own event gave.
    /// </summary>
    public List<Invocation> MatchListed(ObjectChange found)
    {
        var invocations = new List<Invocation>();
        if (notifications.RulesOf(found.Address.ToString()) is not { } rules || found.BucketOwner != rules.AccountId)
        {
            return invocations;
        }

        _faults.Clear(); // a rule that is not allowed any more delivers nothing here either
        var matched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in WaysToMake.Prepend(found.EventName))
        {
            var change = found with { EventName = name };
            _rules.Clear();
            rules.Match(change, _rules);
            foreach (var rule in _rules)
            {
                if (matched.Add(rule.Rule.Id))
                {
                    Add(change, rule, rules.AccountId, time.GetUtcNow(), invocations);
                }
            }
        }

        return invocations;
    }

    private void Match(S3EventRecord record, DateTimeOffset now, List<Invocation> invocations)
    {
        var change = record.Change;

        // A bucket may have been deleted and made again by another account since: its rules must not see what was before.
        if (notifications.RulesOf(change.Address.ToString()) is not { } rules || (record.Account is { } account && account != rules.AccountId))
        {
            return;
        }

        _rules.Clear();
        rules.Match(change, _rules);
        foreach (var rule in _rules)
        {
            Add(change, rule, rules.AccountId, now, invocations);
        }
    }

    private void Add(ObjectChange change, CompiledRule rule, string bucketAccount, DateTimeOffset now, List<Invocation> invocations)
    {
        if (wants is not null && !wants(change, rule))
        {
            return;
        }

        var bucket = change.Address.ToString();
        if (IsForbidden(rule, bucket, bucketAccount))
        {
            _faults.Add($"Function {rule.Function.Text} does not let S3 invoke it for bucket '{bucket}' of account {bucketAccount} (any more), which rule '{rule.Rule.Id}' asks for.");
            return;
        }

        invocations.Add(new Invocation
        {
            Id = InvocationId.Of(change, rule.Rule.Id, rule.Function.Text),
            AccountId = rule.Function.AccountId,
            FunctionName = rule.Function.Name,
            Qualifier = rule.Function.Qualifier,
            Payload = S3EventWriter.ForFunction(change, options.Region, rule.Rule.Id),
            OrderKey = bucket + "/" + change.Key,
            Source = new InvocationSource("s3", rule.Rule.Id, bucket, change.Key, change.Sequencer),
            LineageDepth = change.LineageDepth,

            // The maximum event age is the function's, as Lambda's: time spent in the log does not count.
            AcceptedAt = now,
        });
    }

    /// <summary>
    /// A permission may be taken back after the rule was put. A function of the bucket's own account that is gone is not forbidden: its
    /// owner finds the event among the dead letters.
    /// </summary>
    private bool IsForbidden(CompiledRule rule, string bucket, string bucketAccount) =>
        !functions.AllowsS3(rule.Function.Text, BucketArn.Of(bucket), bucketAccount)
        && (rule.Function.AccountId != bucketAccount || functions.Find(rule.Function.Text) is not null);
}
