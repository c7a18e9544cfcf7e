using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using Glue.Contracts.Storage;

namespace Glue.Host.Client;

/// <summary>Rules of an attached store's bucket: in the AWS SDK's shape here, in Glue's on the wire, because the store knows nothing of functions.</summary>
internal static class AttachedRules
{
    public static bool IsAttached(string bucket) => BucketAddress.Parse(bucket).Store is not null;

    public static string PathOf(string bucket)
    {
        var address = BucketAddress.Parse(bucket);
        return $"stores/{Uri.EscapeDataString(address.Store!)}/buckets/{Uri.EscapeDataString(address.Bucket)}/rules";
    }

    public static List<LambdaFunctionConfiguration> Read(JsonNode answer) => [.. answer["rules"]!.AsArray().Select(static rule => new LambdaFunctionConfiguration
    {
        Id = Text(rule!, "id"),
        FunctionArn = Text(rule!, "functionArn"),
        Events = [.. rule!["events"]!.AsArray().Select(static name => new EventType(name!.GetValue<string>()))],
        Filter = new Filter
        {
            S3KeyFilter = new S3KeyFilter
            {
                FilterRules = [new FilterRule { Name = "prefix", Value = Text(rule, "prefix") }, new FilterRule { Name = "suffix", Value = Text(rule, "suffix") }],
            },
        },
    })];

    public static JsonObject Write(IEnumerable<LambdaFunctionConfiguration> rules, bool allowsRecursion) => new()
    {
        ["rules"] = new JsonArray([.. rules.Select(rule => new JsonObject
        {
            ["id"] = rule.Id,
            ["functionArn"] = rule.FunctionArn,
            ["events"] = new JsonArray([.. rule.Events.Select(static type => JsonValue.Create(type.Value))]),
            ["prefix"] = FilterOf(rule, "prefix"),
            ["suffix"] = FilterOf(rule, "suffix"),
            ["allowsRecursion"] = allowsRecursion,
        })]),
    };

    /// <returns>Empty: it has none.</returns>
    public static string FilterOf(LambdaFunctionConfiguration rule, string name) =>
        rule.Filter?.S3KeyFilter?.FilterRules?.Find(filter => string.Equals(filter.Name, name, StringComparison.OrdinalIgnoreCase))?.Value ?? "";

    private static string Text(JsonNode rule, string name) => rule[name]?.GetValue<string>() ?? "";
}
