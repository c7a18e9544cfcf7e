using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Glue.Foundation.Policies;

/// <summary>One condition of a statement: an operator, a key of the request, and the values it is compared with.</summary>
internal sealed class PolicyCondition
{
    private static readonly string[] Operators = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Bool", "IpAddress", "NotIpAddress"];

    /// <summary>What only a list has: on any other request a sender could write them into the query as he likes.</summary>
    private static readonly string[] KeysOfLists = ["s3:prefix", "s3:delimiter"];

    private readonly string _operator;
    private readonly string _key;
    private readonly List<string> _values;
    private readonly List<PolicyPattern> _patterns;
    private readonly List<IPNetwork> _networks;
    private readonly bool _isOfLists;

    private PolicyCondition(string operation, string key, List<string> values)
    {
        (_operator, _key, _values) = (operation, key, values);
        _patterns = operation.EndsWith("Like", StringComparison.Ordinal) ? values.ConvertAll(static value => new PolicyPattern(value)) : [];
        _networks = operation.EndsWith("IpAddress", StringComparison.Ordinal) ? values.ConvertAll(Network) : [];
        _isOfLists = KeysOfLists.Contains(key);
    }

    /// <summary>
    /// Whether only a known few can meet it: named accounts, or networks no broader than /8 (IPv4) or /32 (IPv6). The other keys are
    /// what any sender writes into a request, and a negated operator leaves everybody else.
    /// </summary>
    public bool Narrows => _operator switch
    {
        "StringEquals" => _key == "aws:principalaccount",
        "IpAddress" => _networks.TrueForAll(static network =>
            network.PrefixLength >= (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 8 : 32)),
        _ => false,
    };

    /// <param name="conditions"><c>{"StringLike": {"s3:prefix": ["a/*"]}}</c>.</param>
    /// <param name="dialect">Which keys there are.</param>
    /// <exception cref="PolicyFormatException">Says why.</exception>
    public static List<PolicyCondition> Parse(JsonElement conditions, PolicyDialect dialect)
    {
        if (conditions.ValueKind != JsonValueKind.Object || conditions.EnumerateObject().Any(static one => one.Value.ValueKind != JsonValueKind.Object))
        {
            throw new PolicyFormatException("Condition must be an object of operators, each an object of keys");
        }

        var parsed = new List<PolicyCondition>();
        foreach (var operation in conditions.EnumerateObject())
        {
            foreach (var key in operation.Value.EnumerateObject())
            {
                var name = key.Name.ToLowerInvariant();
                var isAddress = operation.Name.EndsWith("IpAddress", StringComparison.Ordinal);
                if (!Operators.Contains(operation.Name) || !dialect.ConditionKeys.Contains(name) || isAddress != (name == "aws:sourceip"))
                {
                    throw new PolicyFormatException(
                        $"The condition {operation.Name} {key.Name} is not understood; known are {string.Join(", ", Operators)} with {string.Join(", ", dialect.ConditionKeys)}");
                }

                parsed.Add(new PolicyCondition(operation.Name, name, PolicyStatement.Texts(key.Value, key.Name).ConvertAll(PolicyStatement.WithoutVariables)));
            }
        }

        return parsed;
    }

    /// <summary>A negated operator holds also when the request has no such value, as IAM has it.</summary>
    public bool Holds(in PolicyQuestion question)
    {
        if (_networks.Count > 0)
        {
            return IsOfNetworks(question.Context.Address) == (_operator == "IpAddress");
        }

        var value = _isOfLists && !IsList(question.Action) ? null : question.Context.Value(_key);
        return _operator switch
        {
            "StringEquals" => value is not null && _values.Contains(value),
            "StringNotEquals" => value is null || !_values.Contains(value),
            "StringLike" => value is not null && PolicyPattern.AnyMatches(_patterns, value),
            "StringNotLike" => value is null || !PolicyPattern.AnyMatches(_patterns, value),
            _ => value is not null && _values.Contains(value, StringComparer.OrdinalIgnoreCase),
        };
    }

    private static bool IsList(string action) => action is "s3:ListBucket" or "s3:ListBucketVersions" or "s3:ListBucketMultipartUploads";

    private bool IsOfNetworks(IPAddress? address) => address is not null && _networks.Exists(network => network.Contains(address));

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new PolicyFormatException($"{text} is no IP address and no network in CIDR notation");
}
