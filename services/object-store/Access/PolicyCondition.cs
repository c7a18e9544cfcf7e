using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Glue.ObjectStore.Access;

/// <summary>One condition of a statement: an operator, a key of the request, and the values it is compared with.</summary>
internal sealed class PolicyCondition
{
    private static readonly string[] Operators = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Bool", "IpAddress", "NotIpAddress"];
    private static readonly string[] Keys = ["aws:sourceip", "aws:securetransport", "aws:principalaccount", "aws:referer", "s3:prefix", "s3:delimiter"];

    private readonly string _operator;
    private readonly string _key;
    private readonly List<string> _values;
    private readonly List<IPNetwork> _networks;

    private PolicyCondition(string operation, string key, List<string> values)
    {
        (_operator, _key, _values) = (operation, key, values);
        _networks = operation.EndsWith("IpAddress", StringComparison.Ordinal) ? values.ConvertAll(Network) : [];
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
    /// <exception cref="Http.S3Exception">MalformedPolicy.</exception>
    public static List<PolicyCondition> Parse(JsonElement conditions)
    {
        if (conditions.ValueKind != JsonValueKind.Object || conditions.EnumerateObject().Any(static one => one.Value.ValueKind != JsonValueKind.Object))
        {
            throw PolicyStatement.Malformed("Condition must be an object of operators, each an object of keys");
        }

        var parsed = new List<PolicyCondition>();
        foreach (var operation in conditions.EnumerateObject())
        {
            foreach (var key in operation.Value.EnumerateObject())
            {
                var name = key.Name.ToLowerInvariant();
                var isAddress = operation.Name.EndsWith("IpAddress", StringComparison.Ordinal);
                if (!Operators.Contains(operation.Name) || !Keys.Contains(name) || isAddress != (name == "aws:sourceip"))
                {
                    throw PolicyStatement.Malformed(
                        $"This store does not understand the condition {operation.Name} {key.Name}; it knows {string.Join(", ", Operators)} with {string.Join(", ", Keys)}");
                }

                parsed.Add(new PolicyCondition(operation.Name, name, PolicyStatement.Texts(key.Value, key.Name)));
            }
        }

        return parsed;
    }

    /// <summary>A negated operator holds also when the request has no such value, as IAM has it.</summary>
    public bool Holds(PolicyRequest request)
    {
        var value = request.Value(_key);
        return _operator switch
        {
            "StringEquals" => value is not null && _values.Contains(value),
            "StringNotEquals" => value is null || !_values.Contains(value),
            "StringLike" => value is not null && _values.Exists(pattern => PolicyStatement.Matches(pattern, value)),
            "StringNotLike" => value is null || !_values.Exists(pattern => PolicyStatement.Matches(pattern, value)),
            "Bool" => value is not null && _values.Contains(value, StringComparer.OrdinalIgnoreCase),
            "IpAddress" => request.Address is { } address && _networks.Exists(network => network.Contains(address)),
            _ => request.Address is not { } other || !_networks.Exists(network => network.Contains(other)),
        };
    }

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw PolicyStatement.Malformed($"{text} is no IP address and no network in CIDR notation");
}
