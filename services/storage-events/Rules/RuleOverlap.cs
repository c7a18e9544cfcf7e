using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Rules;

/// <summary>
/// S3's rule against ambiguity: two configurations of a bucket may not take the same event type of the same key. They do when they
/// share a type, one prefix begins with the other, and one suffix ends with the other.
/// </summary>
internal static class RuleOverlap
{
    /// <exception cref="NotificationRefusedException">Two rules overlap.</exception>
    public static void Check(IReadOnlyList<BucketRule> rules)
    {
        // At most 100 rules: every pair is looked at.
        var events = rules.Select(CompiledRule.EventsOf).ToArray();
        for (var i = 0; i < rules.Count; i++)
        {
            for (var j = i + 1; j < rules.Count; j++)
            {
                if ((events[i] & events[j]) is not 0 and var shared && PrefixesOverlap(rules[i].Prefix, rules[j].Prefix)
                    && SuffixesOverlap(rules[i].Suffix, rules[j].Suffix))
                {
                    throw Refusal(rules[i], rules[j], S3EventTypes.First(shared));
                }
            }
        }
    }

    public static bool PrefixesOverlap(string a, string b) =>
        a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal);

    private static bool SuffixesOverlap(string a, string b) =>
        a.EndsWith(b, StringComparison.Ordinal) || b.EndsWith(a, StringComparison.Ordinal);

    private static NotificationRefusedException Refusal(BucketRule a, BucketRule b, string sharedType)
    {
        var sentence = HasFilter(a) || HasFilter(b)
            ? "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type."
            : "Configurations overlap. Configurations on the same bucket cannot share a common event type.";
        return new NotificationRefusedException(
            $"{sentence} '{a.Id}' ({Filter(a)}) and '{b.Id}' ({Filter(b)}) both take {sharedType}: narrow one, or let one function do both.");
    }

    private static bool HasFilter(BucketRule rule) => rule.Prefix.Length + rule.Suffix.Length > 0;

    private static string Filter(BucketRule rule) => $"prefix '{rule.Prefix}', suffix '{rule.Suffix}'";
}
