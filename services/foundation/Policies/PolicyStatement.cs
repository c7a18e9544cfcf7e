using System.Text.Json;

namespace Glue.Foundation.Policies;

/// <summary>One statement of a policy.</summary>
internal sealed class PolicyStatement
{
    private const string ArnPrefix = "arn:aws:s3:::";

    private static readonly string[] Known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];

    /// <summary>Null: for whoever has the policy.</summary>
    private readonly List<string>? _accounts;
    private readonly List<PolicyPattern> _actions;
    private readonly List<PolicyPattern> _resources;
    private readonly List<PolicyCondition> _conditions;

    private PolicyStatement(
        PolicyEffect effect, List<string>? accounts, List<PolicyPattern> actions, List<PolicyPattern> resources, List<PolicyCondition> conditions) =>
        (Effect, _accounts, _actions, _resources, _conditions) = (effect, accounts, actions, resources, conditions);

    public PolicyEffect Effect { get; }

    /// <summary>Without <c>arn:aws:s3:::</c>; with wildcards.</summary>
    public IEnumerable<string> Resources => _resources.Select(static resource => resource.Text);

    /// <summary>Also under conditions that anybody can meet (S3 User Guide, "The meaning of public").</summary>
    public bool IsForEverybody => _accounts?.Contains("*") is true && !_conditions.Exists(static condition => condition.Narrows);

    /// <exception cref="PolicyFormatException">Says why.</exception>
    public static PolicyStatement Parse(JsonElement statement, PolicyDialect dialect)
    {
        if (statement.ValueKind != JsonValueKind.Object)
        {
            throw new PolicyFormatException("A statement must be an object");
        }

        if (statement.EnumerateObject().Select(static property => property.Name).FirstOrDefault(static name => !Known.Contains(name)) is { } unknown)
        {
            throw new PolicyFormatException($"The element {unknown} is not understood; a statement has {string.Join(", ", Known)}");
        }

        var effect = statement.TryGetProperty(nameof(Effect), out var named) ? named.ToString() : "";
        var actions = Required(statement, "Action");
        var areOfStorage = actions.Exists(static action => action == "*" || action.StartsWith("s3:", StringComparison.OrdinalIgnoreCase));
        return new PolicyStatement(
            effect switch
            {
                "Allow" => PolicyEffect.Allow,
                "Deny" => PolicyEffect.Deny,
                _ => throw new PolicyFormatException("Invalid effect: it must be Allow or Deny"),
            },
            Accounts(statement, dialect),
            actions.ConvertAll(action => Action(action, dialect)),

            // A role's policy also says what its functions may do elsewhere (logs, queues): such statements come to nothing here.
            areOfStorage || dialect.NamesPrincipals ? Required(statement, "Resource").ConvertAll(resource => Resource(resource, dialect)) : [],
            areOfStorage && statement.TryGetProperty("Condition", out var condition) ? PolicyCondition.Parse(condition, dialect) : []);
    }

    public bool Applies(in PolicyQuestion question)
    {
        if (_accounts is not null && !_accounts.Contains("*") && !_accounts.Contains(question.AccountId))
        {
            return false;
        }

        if (!PolicyPattern.AnyMatches(_actions, question.Action) || !PolicyPattern.AnyMatches(_resources, question.Resource))
        {
            return false;
        }

        foreach (var condition in _conditions)
        {
            if (!condition.Holds(question))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One text or several.</summary>
    public static List<string> Texts(JsonElement value, string what) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.True => ["true"],
        JsonValueKind.False => ["false"],
        JsonValueKind.Array when value.GetArrayLength() > 0 => [.. value.EnumerateArray().SelectMany(one => Texts(one, what))],
        _ => throw new PolicyFormatException($"{what} must be a text or a list of texts"),
    };

    /// <exception cref="PolicyFormatException">It holds a policy variable: taken as it stands it would not mean what its author meant.</exception>
    public static string WithoutVariables(string text) => text.Contains("${", StringComparison.Ordinal)
        ? throw new PolicyFormatException($"Policy variables are not understood: {text}")
        : text;

    private static List<string> Required(JsonElement statement, string name) =>
        statement.TryGetProperty(name, out var value) ? Texts(value, name) : throw new PolicyFormatException($"Missing required field {name}");

    private static PolicyPattern Action(string action, PolicyDialect dialect)
    {
        var colon = action.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && action.AsSpan(0, colon).ContainsAny('*', '?'))
        {
            throw new PolicyFormatException($"Policy has invalid action: {action}; the service before the colon has no wildcards, and * alone is every action");
        }

        var isKnown = action == "*" || (dialect.NamesPrincipals ? action.StartsWith("s3:", StringComparison.Ordinal) : colon > 0 && colon < action.Length - 1);
        return isKnown ? new PolicyPattern(action, ignoreCase: true) : throw new PolicyFormatException($"Policy has invalid action: {action}");
    }

    private static PolicyPattern Resource(string resource, PolicyDialect dialect) =>
        resource.StartsWith(ArnPrefix, StringComparison.Ordinal) && resource.Length > ArnPrefix.Length ? new PolicyPattern(WithoutVariables(resource[ArnPrefix.Length..]))
        : resource == "*" && !dialect.NamesPrincipals ? new PolicyPattern(resource)
        : throw new PolicyFormatException($"Policy has invalid resource: {resource}; a resource is {ArnPrefix}BUCKET or {ArnPrefix}BUCKET/KEY");

    private static List<string>? Accounts(JsonElement statement, PolicyDialect dialect)
    {
        if (!statement.TryGetProperty("Principal", out var principal))
        {
            return dialect.NamesPrincipals ? throw new PolicyFormatException("Missing required field Principal") : null;
        }

        if (!dialect.NamesPrincipals)
        {
            throw new PolicyFormatException("The policy of a role has no Principal: it is for whoever has the role");
        }

        if (principal.ValueKind == JsonValueKind.String && principal.GetString() == "*")
        {
            return ["*"];
        }

        if (principal.ValueKind != JsonValueKind.Object || !principal.TryGetProperty("AWS", out var named) || principal.EnumerateObject().Count() != 1)
        {
            throw new PolicyFormatException("Invalid principal in policy: known are \"*\" and {\"AWS\": …}");
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
            : throw new PolicyFormatException($"Invalid principal in policy: {principal}; known are *, an account's 12 digits, and arn:aws:iam::ACCOUNT:root");
    }
}
