using System.Xml.Linq;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Cors;

/// <summary>Which web pages may use a bucket from their scripts (S3 User Guide, "Elements of a CORS configuration", read 2026-11).</summary>
internal sealed class CorsConfiguration
{
    public const string Name = "cors";
    private const int MaxRules = 100;

    private readonly List<CorsRule> _rules;

    private CorsConfiguration(List<CorsRule> rules) => _rules = rules;

    /// <param name="document">As it was kept.</param>
    public static CorsConfiguration Parse(string document) => Parse(XmlBody.Kept(document));

    /// <summary>Checks a document that is put.</summary>
    /// <exception cref="S3Exception">MalformedXML, InvalidRequest.</exception>
    public static void Check(XElement document)
    {
        Parse(document);
        var exposed = document.Children("CORSRule").SelectMany(static rule => rule.Children("ExposeHeader")).Select(static element => element.Value.Trim());
        if (exposed.FirstOrDefault(static name => !HeaderText.IsName(name)) is { } other)
        {
            throw new S3Exception(S3Error.InvalidRequest, $"ExposeHeader \"{other}\" is no name of a header.");
        }
    }

    private static CorsConfiguration Parse(XElement document)
    {
        var rules = document.Children("CORSRule").Select(CorsRule.Parse).ToList();
        return rules.Count is 0 or > MaxRules
            ? throw new S3Exception(S3Error.MalformedXml, $"Give 1 to {MaxRules} elements CORSRule.")
            : new CorsConfiguration(rules);
    }

    /// <param name="origin">Of the page.</param>
    /// <param name="method">It wants to use.</param>
    /// <param name="headers">It wants to send; only a preflight names them.</param>
    /// <returns>The first rule that allows it; null: none does.</returns>
    public CorsRule? Find(string origin, string method, IReadOnlyCollection<string> headers) =>
        _rules.Find(rule => rule.Allows(origin, method, headers));
}
