using System.Globalization;
using System.Xml.Linq;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Cors;

/// <summary>One rule of a CORS configuration.</summary>
internal sealed record CorsRule
{
    private static readonly string[] KnownMethods = ["GET", "PUT", "POST", "DELETE", "HEAD"];

    public required IReadOnlyList<string> Origins { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    public required IReadOnlyList<string> Headers { get; init; }

    /// <summary>Configurations put before names were checked may have other texts: they are left out.</summary>
    public required IReadOnlyList<string> ExposedHeaders { get; init; }

    /// <summary>How long a browser may remember the answer to a preflight; null: its own time.</summary>
    public int? MaxAgeSeconds { get; init; }

    /// <exception cref="S3Exception">MalformedXML, InvalidRequest.</exception>
    public static CorsRule Parse(XElement rule)
    {
        var parsed = new CorsRule
        {
            Origins = Texts(rule, "AllowedOrigin"),
            Methods = Texts(rule, "AllowedMethod"),
            Headers = Texts(rule, "AllowedHeader"),
            ExposedHeaders = [.. Texts(rule, "ExposeHeader").Where(static name => HeaderText.IsName(name))],
            MaxAgeSeconds = rule.Text("MaxAgeSeconds") is not { } age ? null
                : int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds
                : throw new S3Exception(S3Error.MalformedXml, "MaxAgeSeconds must be a whole number."),
        };
        if (parsed.Origins.Count == 0 || parsed.Methods.Count == 0)
        {
            throw new S3Exception(S3Error.MalformedXml, "A CORSRule needs an AllowedOrigin and an AllowedMethod.");
        }

        if (parsed.Methods.FirstOrDefault(static method => !KnownMethods.Contains(method)) is { } unknown)
        {
            throw new S3Exception(S3Error.InvalidRequest, $"Found unsupported HTTP method in CORS config. Unsupported method is {unknown}");
        }

        return parsed.Origins.Concat(parsed.Headers).FirstOrDefault(static pattern => pattern.Count(static c => c == '*') > 1) is { } wild
            ? throw new S3Exception(S3Error.InvalidRequest, $"\"{wild}\" can not have more than one wildcard.")
            : parsed;
    }

    public bool Allows(string origin, string method, IReadOnlyCollection<string> headers) =>
        Methods.Contains(method)
        && Origins.Any(pattern => Matches(pattern, origin, StringComparison.Ordinal))
        && headers.All(header => Headers.Any(pattern => Matches(pattern, header, StringComparison.OrdinalIgnoreCase)));

    private static bool Matches(string pattern, string text, StringComparison comparison)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? text.Equals(pattern, comparison)
            : text.Length >= pattern.Length - 1 && text.StartsWith(pattern[..star], comparison) && text.EndsWith(pattern[(star + 1)..], comparison);
    }

    private static List<string> Texts(XElement rule, string name) => [.. rule.Children(name).Select(static element => element.Value.Trim())];
}
