using System.IO.Enumeration;
using System.Text.Json;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Access;

/// <summary>One statement of a bucket policy.</summary>
internal sealed class PolicyStatement
{
    private const string ArnPrefix = "arn:aws:s3:::";
    private static readonly string[] Known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];

    private readonly List<string> _accounts;
    private readonly List<string> _actions;
    private readonly List<PolicyCondition> _conditions;

    private PolicyStatement(PolicyEffect effect, List<string> accounts, List<string> actions, List<string> resources, List<PolicyCondition> conditions) =>
        (Effect, _accounts, _actions, Resources, _conditions) = (effect, accounts, actions, resources, conditions);

    public PolicyEffect Effect { get; }

    /// <summary>Without <c>arn:aws:s3:::</c>; with wildcards.</summary>
    public IReadOnlyList<string> Resources { get; }

    /// <summary>Also under conditions that anybody can meet (S3 User Guide, "The meaning of public").</summary>
    public bool IsForEverybody => _accounts.Contains("*") && !_conditions.Exists(static condition => condition.Narrows);

    /// <exception cref="S3Exception">MalformedPolicy.</exception>
    public static PolicyStatement Parse(JsonElement statement)
    {
        if (statement.ValueKind != JsonValueKind.Object)
        {
            throw Malformed("A statement must be an object");
        }

        if (statement.EnumerateObject().Select(static property => property.Name).FirstOrDefault(static name => !Known.Contains(name)) is { } unknown)
        {
            throw Malformed($"This store does not understand the element {unknown}; it knows {string.Join(", ", Known)}");
        }

        var effect = statement.TryGetProperty(nameof(Effect), out var named) ? named.ToString() : "";
        return new PolicyStatement(
            effect switch
            {
                "Allow" => PolicyEffect.Allow,
                "Deny" => PolicyEffect.Deny,
                _ => throw Malformed("Invalid effect: it must be Allow or Deny"),
            },
            statement.TryGetProperty("Principal", out var principal) ? Accounts(principal) : throw Malformed("Missing required field Principal"),
            Required(statement, "Action").ConvertAll(static action => action == "*" || action.StartsWith("s3:", StringComparison.Ordinal)
                ? action
                : throw Malformed($"Policy has invalid action: {action}")),
            Required(statement, "Resource").ConvertAll(static resource => resource.StartsWith(ArnPrefix, StringComparison.Ordinal)
                ? resource[ArnPrefix.Length..]
                : throw Malformed($"Policy has invalid resource: {resource}")),
            statement.TryGetProperty("Condition", out var condition) ? PolicyCondition.Parse(condition) : []);
    }

    public bool Applies(PolicyRequest request) =>
        (_accounts.Contains("*") || _accounts.Contains(request.AccountId))
        && _actions.Exists(action => Matches(action, request.Action, ignoreCase: true))
        && Resources.Any(resource => Matches(resource, request.Resource))
        && _conditions.TrueForAll(condition => condition.Holds(request));

    /// <summary>IAM's wildcards: <c>*</c> and <c>?</c>, nothing escapes them.</summary>
    public static bool Matches(string pattern, string text, bool ignoreCase = false) =>
        FileSystemName.MatchesSimpleExpression(pattern.Replace(@"\", @"\\", StringComparison.Ordinal), text, ignoreCase);

    public static S3Exception Malformed(string message) => new(S3Error.MalformedPolicy, message);

    /// <summary>One text or several.</summary>
    public static List<string> Texts(JsonElement value, string what) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.True => ["true"],
        JsonValueKind.False => ["false"],
        JsonValueKind.Array when value.GetArrayLength() > 0 => [.. value.EnumerateArray().SelectMany(one => Texts(one, what))],
        _ => throw Malformed($"{what} must be a text or a list of texts"),
    };

    private static List<string> Required(JsonElement statement, string name) =>
        statement.TryGetProperty(name, out var value) ? Texts(value, name) : throw Malformed($"Missing required field {name}");

    private static List<string> Accounts(JsonElement principal)
    {
        if (principal.ValueKind == JsonValueKind.String && principal.GetString() == "*")
        {
            return ["*"];
        }

        if (principal.ValueKind != JsonValueKind.Object || !principal.TryGetProperty("AWS", out var named) || principal.EnumerateObject().Count() != 1)
        {
            throw Malformed("Invalid principal in policy: this store knows \"*\" and {\"AWS\": …}");
        }

        return Texts(named, "Principal").ConvertAll(Account);
    }

    private static string Account(string principal)
    {
        const string Prefix = "arn:aws:iam::";
        var account = principal.StartsWith(Prefix, StringComparison.Ordinal) && principal.EndsWith(":root", StringComparison.Ordinal)
            ? principal[Prefix.Length..^":root".Length]
            : principal;
        return account == "*" || (account.Length == 12 && account.All(char.IsAsciiDigit))
            ? account
            : throw Malformed($"Invalid principal in policy: {principal}; this store knows *, an account's 12 digits, and arn:aws:iam::ACCOUNT:root");
    }
}
