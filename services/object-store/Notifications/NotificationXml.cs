using System.Xml;
using System.Xml.Linq;
using Glue.Contracts.Storage;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Notifications;

/// <summary>
/// S3's NotificationConfiguration document. Its element is CloudFunctionConfiguration with CloudFunction inside, whatever the
/// SDKs call it (S3 API Reference, PutBucketNotificationConfiguration, read 2026-11); LambdaFunctionConfiguration is read too.
/// </summary>
internal static class NotificationXml
{
    /// <exception cref="S3Exception">MalformedXML, InvalidArgument.</exception>
    public static BucketNotificationConfiguration Read(XElement document, bool allowsRecursion)
    {
        var rules = new List<BucketRule>();
        foreach (var element in document.Elements())
        {
            switch (element.Name.LocalName)
            {
                case "CloudFunctionConfiguration" or "LambdaFunctionConfiguration":
                    rules.Add(ReadRule(element, allowsRecursion));
                    break;
                case "QueueConfiguration" or "TopicConfiguration" or "EventBridgeConfiguration":
                    throw new S3Exception(S3Error.InvalidArgument,
                        $"{element.Name.LocalName}: this store notifies functions only. Use LambdaFunctionConfigurations.");
                default:
                    throw new S3Exception(S3Error.MalformedXml, $"{element.Name.LocalName} is not a part of a notification configuration.");
            }
        }

        var repeated = rules.GroupBy(static rule => rule.Id, StringComparer.Ordinal).FirstOrDefault(static group => group.Skip(1).Any());
        return repeated is null
            ? new BucketNotificationConfiguration(rules)
            : throw new S3Exception(S3Error.InvalidArgument, $"Two configurations have the Id {repeated.Key}; ids are unique in a bucket.");
    }

    public static void Write(XmlWriter xml, BucketNotificationConfiguration configuration)
    {
        foreach (var rule in configuration.Rules)
        {
            xml.WriteStartElement("CloudFunctionConfiguration");
            xml.Element("Id", rule.Id);
            xml.Element("CloudFunction", rule.FunctionArn);
            foreach (var name in rule.Events)
            {
                xml.Element("Event", name);
            }

            if (rule.Prefix.Length > 0 || rule.Suffix.Length > 0)
            {
                xml.WriteStartElement("Filter");
                xml.WriteStartElement("S3Key");
                WriteFilter(xml, "Prefix", rule.Prefix);
                WriteFilter(xml, "Suffix", rule.Suffix);
                xml.WriteEndElement();
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }
    }

    private static BucketRule ReadRule(XElement element, bool allowsRecursion)
    {
        var function = (element.Text("CloudFunction") ?? element.Text("LambdaFunctionArn") ?? "").Trim();
        var events = element.Children("Event").Select(static name => name.Value.Trim()).ToList();
        if (function.Length == 0 || events.Count == 0)
        {
            throw new S3Exception(S3Error.MalformedXml, "A function configuration needs a CloudFunction (the function's ARN) and at least one Event.");
        }

        var id = element.Text("Id")?.Trim();
        if (id?.Length > 255)
        {
            throw new S3Exception(S3Error.InvalidArgument, "A configuration's Id has at most 255 characters.");
        }

        var (prefix, suffix) = ReadFilter(element);
        return new BucketRule
        {
            Id = string.IsNullOrEmpty(id) ? Guid.NewGuid().ToString() : id,
            FunctionArn = function,
            Events = events,
            Prefix = prefix,
            Suffix = suffix,
            AllowsRecursion = allowsRecursion,
        };
    }

    private static (string Prefix, string Suffix) ReadFilter(XElement element)
    {
        string? prefix = null;
        string? suffix = null;
        var rules = element.Children("Filter").SelectMany(static filter => filter.Children("S3Key")).SelectMany(static key => key.Children("FilterRule"));
        foreach (var rule in rules)
        {
            ref var part = ref suffix;
            switch (rule.Text("Name")?.Trim().ToLowerInvariant())
            {
                case "prefix":
                    part = ref prefix;
                    break;
                case "suffix":
                    break;
                default:
                    throw new S3Exception(S3Error.InvalidArgument, "filter rule name must be either prefix or suffix");
            }

            if (part is not null)
            {
                throw new S3Exception(S3Error.InvalidArgument, "Cannot specify more than one prefix rule and one suffix rule in a filter.");
            }

            part = rule.Text("Value") ?? "";
        }

        return (prefix ?? "", suffix ?? "");
    }

    private static void WriteFilter(XmlWriter xml, string name, string value)
    {
        if (value.Length > 0)
        {
            xml.WriteStartElement("FilterRule");
            xml.Element("Name", name);
            xml.Element("Value", value);
            xml.WriteEndElement();
        }
    }
}
