using System.Text.Json;

namespace Glue.Foundation.Policies;

/// <summary>
/// A policy in IAM's language (IAM User Guide, "JSON policy element reference", read 2026-11): statements of Effect, Principal, Action,
/// Resource and Condition. What is not understood is refused when it is read: a condition that were ignored would open what its author closed.
/// </summary>
public sealed class AccessPolicy
{
    private static readonly string[] Known = ["Version", "Id", "Statement"];
    private static readonly string[] Versions = ["2012-10-17", "2008-10-17"];

    private readonly List<PolicyStatement> _statements;

    private AccessPolicy(List<PolicyStatement> statements) => _statements = statements;

    /// <summary>Allows nothing.</summary>
    public static AccessPolicy Nothing { get; } = new([]);

    /// <summary>It allows something to everybody.</summary>
    public bool IsPublic => _statements.Exists(static statement => statement is { Effect: PolicyEffect.Allow, IsForEverybody: true });

    /// <summary>Of all statements: <c>bucket</c> or <c>bucket/key</c>, with wildcards.</summary>
    public IEnumerable<string> Resources => _statements.SelectMany(static statement => statement.Resources);

    /// <exception cref="PolicyFormatException">It is not such a policy; says why.</exception>
    public static AccessPolicy Parse(string json, PolicyDialect dialect)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("Statement", out var statements))
            {
                throw new PolicyFormatException("Missing required field Statement");
            }

            if (root.EnumerateObject().Select(static property => property.Name).FirstOrDefault(static name => !Known.Contains(name)) is { } unknown)
            {
                throw new PolicyFormatException($"The element {unknown} is not understood; a policy has {string.Join(", ", Known)}");
            }

            if (root.TryGetProperty("Version", out var version) && !Versions.Contains(version.ToString()))
            {
                throw new PolicyFormatException($"Version must be {Versions[0]}, it is '{version}'");
            }

            var all = statements.ValueKind == JsonValueKind.Array ? statements.EnumerateArray().ToList() : [statements];
            return all.Count == 0
                ? throw new PolicyFormatException("Could not parse the policy: Statement is empty!")
                : new AccessPolicy(all.ConvertAll(statement => PolicyStatement.Parse(statement, dialect)));
        }
        catch (JsonException e)
        {
            throw new PolicyFormatException("Policies must be valid JSON and the first byte must be '{'", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException) // such a text as an escape, or as it is
        {
            throw new PolicyFormatException("Policies must be valid JSON: a text holds half of a surrogate pair", e);
        }
    }

    public PolicyEffect Decide(in PolicyQuestion question)
    {
        var decided = PolicyEffect.None;
        foreach (var statement in _statements)
        {
            if (statement.Effect > decided && statement.Applies(question))
            {
                decided = statement.Effect;
            }
        }

        return decided;
    }
}
