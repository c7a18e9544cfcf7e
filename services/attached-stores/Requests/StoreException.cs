using System.Xml;
using System.Xml.Linq;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Requests;

/// <summary>An attached store refused a request of Glue's.</summary>
/// <param name="store">Its name.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="code">S3's error code, or the status where there is none.</param>
/// <param name="message">For people.</param>
public sealed class StoreException(string store, int status, string code, string message) : Exception(message)
{
    public string Store { get; } = store;

    public int Status { get; } = status;

    public string Code { get; } = code;

    internal static StoreException Of(AttachedStore store, HttpResponseMessage response, string body)
    {
        var status = (int)response.StatusCode;
        var error = ErrorIn(body);
        var code = error?.Descendants().FirstOrDefault(static one => one.Name.LocalName == "Code")?.Value ?? status.ToString();
        var text = error?.Descendants().FirstOrDefault(static one => one.Name.LocalName == "Message")?.Value;
        return new StoreException(
            store.Name, status, code, $"Store {store.Name} answered {status} {code}{(string.IsNullOrEmpty(text) ? "" : ": " + text)}");
    }

    private static XElement? ErrorIn(string body)
    {
        try
        {
            return body.TrimStart().StartsWith('<') ? StoreXml.Parse(body) : null;
        }
        catch (XmlException)
        {
            return null; // an HTML page of something in between: the status says enough
        }
    }
}
