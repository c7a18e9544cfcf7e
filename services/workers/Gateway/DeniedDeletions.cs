using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Glue.Foundation.Checksums;
using Glue.Foundation.S3;
using Microsoft.AspNetCore.Http;

namespace Glue.Workers.Gateway;

/// <summary>
/// DeleteObjects of a function that may not delete all of what it names. As S3 does, what is allowed is deleted and the answer says
/// AccessDenied of the rest: the store is sent a document without those keys, and its answer gets them added.
/// </summary>
internal sealed class DeniedDeletions
{
    private readonly List<(string Key, string? VersionId, string Why)> _denied;
    private readonly bool _isAll;

    private DeniedDeletions(List<(string Key, string? VersionId, string Why)> denied, bool isAll) => (_denied, _isAll) = (denied, isAll);

    /// <summary>Reads the document and leaves in the request what may be deleted.</summary>
    /// <returns>Null: that is all of it.</returns>
    /// <exception cref="GatewayRefusalException">Not such a document, or not what the request's checksums say.</exception>
    public static async Task<DeniedDeletions?> FindAsync(HttpContext context, StorageQuestion question)
    {
        var body = await ReadAsync(context);
        var document = Parse(body);
        var objects = document.Elements().Where(static one => one.Name.LocalName == "Object").ToList();
        var denied = new List<(string Key, string? VersionId, string Why)>();
        foreach (var entry in objects)
        {
            var (key, version) = (Child(entry, "Key") ?? "", Child(entry, "VersionId"));
            var action = string.IsNullOrEmpty(version) ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
            if (question.Ask(action, question.Target.Bucket, key) is { } why)
            {
                denied.Add((key, version, why));
                entry.Remove();
            }
        }

        Verify(context.Request, body);
        Replace(context.Request, denied.Count == 0 ? body : Bytes(document));
        return denied.Count == 0 ? null : new DeniedDeletions(denied, denied.Count == objects.Count);
    }

    /// <summary>Answers by itself when nothing is left to ask the store for.</summary>
    /// <returns>False: something is.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        if (_isAll)
        {
            context.Response.Headers["x-amz-request-id"] = context.TraceIdentifier;
            await SendAsync(context, new XElement(XName.Get("DeleteResult", "http://s3.amazonaws.com/doc/2006-03-01/")));
        }

        return _isAll;
    }

    /// <summary>The store's answer, with what it was not asked for.</summary>
    public Task AddToAsync(byte[] answer, HttpContext context) => SendAsync(context, Parse(answer));

    /// <summary>Such an answer's document.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage answer, HttpContext context)
    {
        await answer.Content.LoadIntoBufferAsync(S3Xml.MaxBytes, context.RequestAborted);
        return await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
    }

    private async Task SendAsync(HttpContext context, XElement result)
    {
        foreach (var (key, version, why) in _denied)
        {
            var space = result.Name.Namespace;
            result.Add(new XElement(
                space + "Error", new XElement(space + "Key", key), version is null ? null : new XElement(space + "VersionId", version),
                new XElement(space + "Code", "AccessDenied"), new XElement(space + "Message", why)));
        }

        var bytes = Bytes(result);
        context.Response.ContentType = "application/xml";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var isChunked = UpstreamContent.IsChunked(context.Request);
        using var content = new UpstreamContent(context, new StorageUsage(), isChunked);
        try
        {
            await content.LoadIntoBufferAsync(S3Xml.MaxBytes, context.RequestAborted);
            return await content.ReadAsByteArrayAsync(context.RequestAborted);
        }
        catch (HttpRequestException)
        {
            throw Malformed();
        }
    }

    /// <summary>Puts another body into the request, as if it had come: without framing, and with a checksum of its own.</summary>
    private static void Replace(HttpRequest request, byte[] body)
    {
        foreach (var name in request.Headers.Keys.Where(static name => name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            request.Headers.Remove(name);
        }

        foreach (var name in new[] { "x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer", "x-amz-sdk-checksum-algorithm", "Content-Encoding", "Transfer-Encoding" })
        {
            request.Headers.Remove(name);
        }

#pragma warning disable CA5351 // DeleteObjects asks for it, as a checksum
        request.Headers.ContentMD5 = Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351
        request.ContentLength = body.Length;
        request.Body = new MemoryStream(body);
    }

    private static void Verify(HttpRequest request, byte[] body)
    {
#pragma warning disable CA5351
        if (request.Headers.ContentMD5.ToString() is { Length: > 0 } md5 && md5 != Convert.ToBase64String(MD5.HashData(body)))
#pragma warning restore CA5351
        {
            throw new GatewayRefusalException(GatewayError.BadDigest("The Content-MD5 you specified did not match what was received."));
        }

        foreach (var (name, value) in request.Headers)
        {
            if (ChecksumAlgorithms.FromHeader(name) is { } algorithm)
            {
                using var running = new RunningChecksum(algorithm);
                running.Append(body);
                if (running.Finish() != value.ToString())
                {
                    throw new GatewayRefusalException(GatewayError.BadDigest($"The {name} you specified did not match what was received."));
                }
            }
        }
    }

    private static XElement Parse(byte[] body)
    {
        try
        {
            return S3Xml.Parse(body, holdsKeys: true);
        }
        catch (XmlException)
        {
            throw Malformed();
        }
    }

    private static byte[] Bytes(XElement document)
    {
        var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, S3Xml.Writing))
        {
            document.WriteTo(writer);
        }

        return bytes.ToArray();
    }

    private static string? Child(XElement entry, string name) => entry.Elements().FirstOrDefault(one => one.Name.LocalName == name)?.Value;

    private static GatewayRefusalException Malformed() => new(new GatewayError(
        StatusCodes.Status400BadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"));
}
