using System.Text.Json;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Access;

/// <summary>What a policy says of one request.</summary>
internal enum PolicyEffect
{
    /// <summary>Nothing.</summary>
    None,
    Allow,

    /// <summary>Wins over every Allow.</summary>
    Deny,
}

/// <summary>
/// A bucket policy (IAM User Guide, "JSON policy element reference", read 2026-11): statements of Effect, Principal, Action, Resource and
/// Condition. What is not understood here is refused when it is put: a condition that were ignored would open what its author closed.
/// </summary>
internal sealed class BucketPolicy
{
    public const string Name = "policy";
    public const int MaxBytes = 20 * 1024;

    private readonly List<PolicyStatement> _statements;

    private BucketPolicy(List<PolicyStatement> statements) => _statements = statements;

    /// <summary>It allows something to everybody.</summary>
    public bool IsPublic => _statements.Exists(static statement => statement is { Effect: PolicyEffect.Allow, IsForEverybody: true });

    /// <exception cref="S3Exception">MalformedPolicy.</exception>
    public static BucketPolicy Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("Statement", out var statements))
            {
                throw new S3Exception(S3Error.MalformedPolicy, "Missing required field Statement");
            }

            var all = statements.ValueKind == JsonValueKind.Array ? statements.EnumerateArray().ToList() : [statements];
            return all.Count == 0
                ? throw new S3Exception(S3Error.MalformedPolicy, "Could not parse the policy: Statement is empty!")
                : new BucketPolicy(all.ConvertAll(PolicyStatement.Parse));
        }
        catch (JsonException e)
        {
            throw new S3Exception(S3Error.MalformedPolicy, "Policies must be valid JSON and the first byte must be '{'", e);
        }
    }

    /// <exception cref="S3Exception">MalformedPolicy: a resource is not of this bucket.</exception>
    public void CheckResources(string bucket)
    {
        if (_statements.SelectMany(static statement => statement.Resources).FirstOrDefault(
            resource => resource != bucket && !resource.StartsWith(bucket + "/", StringComparison.Ordinal)) is { } foreign)
        {
            throw new S3Exception(S3Error.MalformedPolicy, $"Policy has invalid resource: arn:aws:s3:::{foreign} is not of bucket {bucket}");
        }
    }

    public PolicyEffect Decide(PolicyRequest request)
    {
        var decided = PolicyEffect.None;
        foreach (var statement in _statements)
        {
            if (statement.Applies(request))
            {
                decided = statement.Effect > decided ? statement.Effect : decided;
            }
        }

        return decided;
    }
}
