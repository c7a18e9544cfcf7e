using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Rules;

/// <summary>
/// The rules of one bucket, immutable. Rules are found by their prefix: for each length that occurs among the prefixes, one
/// lookup of the key's beginning. The cost of a match grows with the number of different prefix lengths, not of rules.
/// </summary>
internal sealed class RuleSet
{
    private readonly (int Length, Dictionary<string, CompiledRule[]>.AlternateLookup<ReadOnlySpan<char>> Rules)[] _byPrefixLength;

    public RuleSet(string accountId, BucketNotificationConfiguration configuration)
    {
        AccountId = accountId;
        Configuration = configuration;
        _byPrefixLength = configuration.Rules
            .Select(CompiledRule.From)
            .GroupBy(rule => rule.Rule.Prefix.Length)
            .OrderBy(group => group.Key)
            .Select(group => (group.Key, ByPrefix(group)))
            .ToArray();
    }

    /// <summary>The account that put them: it owned the bucket then.</summary>
    public string AccountId { get; }

    public BucketNotificationConfiguration Configuration { get; }

    /// <summary>Adds the rules that a change fires.</summary>
    public void Match(ObjectChange change, List<CompiledRule> matches)
    {
        var type = S3EventTypes.OfRecord(change.EventName);
        foreach (var (length, rules) in _byPrefixLength)
        {
            if (length > change.Key.Length)
            {
                return;
            }

            if (!rules.TryGetValue(change.Key.AsSpan(0, length), out var candidates))
            {
                continue;
            }

            foreach (var rule in candidates)
            {
                if ((rule.Events & type) != 0 && change.Key.EndsWith(rule.Rule.Suffix, StringComparison.Ordinal))
                {
                    matches.Add(rule);
                }
            }
        }
    }

    private static Dictionary<string, CompiledRule[]>.AlternateLookup<ReadOnlySpan<char>> ByPrefix(IEnumerable<CompiledRule> rules) => rules
        .GroupBy(rule => rule.Rule.Prefix, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();
}
