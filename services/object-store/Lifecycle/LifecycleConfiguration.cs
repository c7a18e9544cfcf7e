using System.Xml.Linq;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Lifecycle;

/// <summary>When objects and unfinished uploads go by themselves (S3 User Guide, "Lifecycle configuration elements", read 2026-11).</summary>
internal sealed class LifecycleConfiguration
{
    public const string Name = "lifecycle";
    private const int MaxRules = 1000;

    private LifecycleConfiguration(List<LifecycleRule> rules) => Rules = rules;

    /// <summary>Enabled ones.</summary>
    public IReadOnlyList<LifecycleRule> Rules { get; }

    /// <param name="document">As it was kept.</param>
    public static LifecycleConfiguration Parse(string document) => new(
        [.. XmlBody.Kept(document).Children("Rule").Where(static rule => rule.Text("Status") == "Enabled").Select(LifecycleRule.Parse)]);

    /// <summary>Checks a document and gives an id to each rule that has none.</summary>
    /// <exception cref="S3Exception">MalformedXML, InvalidArgument, InvalidRequest, NotImplemented.</exception>
    public static void Complete(XElement document)
    {
        var rules = document.Children("Rule").ToList();
        if (rules.Count is 0 or > MaxRules)
        {
            throw new S3Exception(S3Error.MalformedXml, $"Give 1 to {MaxRules} elements Rule.");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            if (rule.Text("Status") is not ("Enabled" or "Disabled"))
            {
                throw new S3Exception(S3Error.MalformedXml, "A lifecycle rule's Status must be Enabled or Disabled.");
            }

            LifecycleRule.Parse(rule);
            if (rule.Text("ID") is null or "")
            {
                rule.Children("ID").Remove();
                rule.AddFirst(new XElement(XName.Get("ID", XmlAnswer.Namespace), Guid.NewGuid().ToString("N")));
            }

            if (!ids.Add(rule.Text("ID")!))
            {
                throw new S3Exception(S3Error.InvalidArgument, "Rule ID must be unique. Found same ID for more than one rule");
            }
        }
    }
}
