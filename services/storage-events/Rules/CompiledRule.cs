using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Rules;

/// <summary>A rule ready for matching.</summary>
/// <param name="Rule">As it was put.</param>
/// <param name="Function">The target, taken apart.</param>
/// <param name="Events">Its event types as a set of <see cref="S3EventTypes"/>.</param>
internal sealed record CompiledRule(BucketRule Rule, FunctionArn Function, ulong Events)
{
    /// <summary>For rules that were validated when they were put.</summary>
    /// <exception cref="FormatException">The rule names no function.</exception>
    public static CompiledRule From(BucketRule rule) => new(
        rule,
        FunctionArn.Parse(rule.FunctionArn) ?? throw new FormatException($"Rule '{rule.Id}': '{rule.FunctionArn}' is not a function's ARN."),
        EventsOf(rule));

    public static ulong EventsOf(BucketRule rule)
    {
        var set = 0UL;
        foreach (var type in rule.Events)
        {
            set |= S3EventTypes.OfRule(type);
        }

        return set;
    }
}
