using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Forms;

/// <summary>What the form asked to be answered with.</summary>
internal static class FormAnswer
{
    public static Task SendAsync(S3Request request, FormFields form, string key, StoredObject stored)
    {
        var response = request.Http.Response;
        var location = $"{request.Http.Request.Scheme}://{request.Http.Request.Host}/{request.Bucket.Name}/{Uri.EscapeDataString(key)}";
        response.Headers.ETag = $"\"{stored.ETag}\"";
        response.Headers.Location = location;
        if (Uri.TryCreate(form["success_action_redirect"] ?? form["redirect"], UriKind.Absolute, out var target) && target.Scheme is "http" or "https")
        {
            response.StatusCode = StatusCodes.Status303SeeOther;
            response.Headers.Location =
                $"{target.AbsoluteUri}{(target.Query.Length > 0 ? "&" : "?")}bucket={request.Bucket.Name}&key={Uri.EscapeDataString(key)}&etag=%22{stored.ETag}%22";
            return Task.CompletedTask;
        }

        switch (form["success_action_status"])
        {
            case "200":
                return Task.CompletedTask;
            case "201":
                return XmlAnswer.SendAsync(request.Http, StatusCodes.Status201Created, xml =>
                {
                    xml.WriteStartElement("PostResponse");
                    xml.Element("Location", location);
                    xml.Element("Bucket", request.Bucket.Name);
                    xml.Element("Key", key);
                    xml.Element("ETag", $"\"{stored.ETag}\"");
                    xml.WriteEndElement();
                }, request.Aborted);
            default:
                response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
        }
    }
}
