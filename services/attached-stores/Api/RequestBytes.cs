using Microsoft.AspNetCore.Http;

namespace Glue.AttachedStores.Api;

/// <summary>A request's body, held whole: small by nature, bounded here.</summary>
internal static class RequestBytes
{
    /// <returns>Null: it is larger.</returns>
    public static async Task<byte[]?> ReadAsync(HttpContext context, int maxBytes)
    {
        if (context.Request.ContentLength > maxBytes)
        {
            return null;
        }

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            body.Write(buffer, 0, read);
            if (body.Length > maxBytes)
            {
                return null;
            }
        }

        return body.ToArray();
    }
}
