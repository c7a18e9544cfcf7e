using System.Text;
using System.Xml;
using System.Xml.Linq;
using Glue.Foundation.S3;

namespace Glue.AttachedStores.Requests;

/// <summary>Reads what a store wrote, which may be anything: no answer may cost more than its bytes.</summary>
internal static class StoreXml
{
    /// <summary>As UTF-8, which all of S3 is, or what a byte order mark says: a charset in the answer's head may be one that does not exist.</summary>
    /// <param name="content">Buffered, with a bound.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<string> TextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <exception cref="XmlException">It is no XML, or nested too deeply.</exception>
    public static XElement Parse(string text) => S3Xml.Parse(text, holdsKeys: true);
}
