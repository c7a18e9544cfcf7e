using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Glue.Functions.FunctionalTests;

/// <summary>As much of S3 as functions ask for: objects with ranges, multipart uploads, deletion.</summary>
internal sealed class FakeStore
{
    private readonly ConcurrentDictionary<string, Upload> _uploads = [];
    private long _bytesSent;
    private int _lastUpload;
    private int _reads;

    /// <summary>Objects by <c>/bucket/key</c>, decoded.</summary>
    public ConcurrentDictionary<string, StoredObject> Objects { get; } = [];

    /// <summary>Uploads that were begun and neither completed nor aborted, by <c>/bucket/key</c>.</summary>
    public IEnumerable<string> Unfinished => _uploads.Values.Select(static upload => upload.Path);

    /// <summary>Bytes of objects that were sent as answers.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>GETs of objects.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>The order in which objects became visible.</summary>
    public ConcurrentQueue<string> Written { get; } = [];

    /// <summary>Begins an upload that nobody will finish.</summary>
    public void BeginOld(string path, TimeSpan age) => Begin(path, null, DateTimeOffset.UtcNow - age);

    public Task AnswerAsync(HttpContext context, string path)
    {
        var query = context.Request.Query;
        return (context.Request.Method, query.ContainsKey("uploads"), query["uploadId"].FirstOrDefault()) switch
        {
            ("POST", true, _) => Xml(context, $"<InitiateMultipartUploadResult><UploadId>{Begin(path, context.Request.ContentType, DateTimeOffset.UtcNow)}</UploadId></InitiateMultipartUploadResult>"),
            ("GET", true, _) => Xml(context, ListUploads(path, query["prefix"].ToString())),
            ("PUT", _, { } id) => PutPartAsync(context, id, int.Parse(query["partNumber"].ToString(), CultureInfo.InvariantCulture)),
            ("POST", _, { } id) => CompleteAsync(context, id),
            ("DELETE", _, { } id) => Gone(context, _uploads.TryRemove(id, out _)),
            ("PUT", _, _) => PutAsync(context, path),
            ("DELETE", _, _) => Gone(context, Objects.TryRemove(path, out _) || true),
            _ => GetAsync(context, path),
        };
    }

    private string Begin(string path, string? contentType, DateTimeOffset time)
    {
        var id = $"upload+{Interlocked.Increment(ref _lastUpload)}/=";
        _uploads[id] = new Upload(path, contentType, time);
        return id;
    }

    private string ListUploads(string bucket, string prefix) => $"<ListMultipartUploadsResult>{string.Concat(_uploads
        .Where(upload => upload.Value.Path.StartsWith(bucket + prefix, StringComparison.Ordinal))
        .Select(upload => $"<Upload><Key>{Uri.EscapeDataString(upload.Value.Path[bucket.Length..])}</Key><UploadId>{upload.Key}</UploadId>"
            + $"<Initiated>{upload.Value.Begun.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}</Initiated></Upload>"))}</ListMultipartUploadsResult>";

    private async Task PutPartAsync(HttpContext context, string id, int number)
    {
        if (!_uploads.TryGetValue(id, out var upload))
        {
            await Refuse(context, 404, "NoSuchUpload");
            return;
        }

        upload.Parts[number] = await BodyAsync(context);
        context.Response.Headers.ETag = $"\"part{number}\"";
    }

    private async Task CompleteAsync(HttpContext context, string id)
    {
        await BodyAsync(context);
        if (!_uploads.TryRemove(id, out var upload))
        {
            await Refuse(context, 404, "NoSuchUpload");
            return;
        }

        var parts = upload.Parts.OrderBy(static part => part.Key).Select(static part => part.Value).ToList();
        if (parts.Count == 0 || parts[..^1].Exists(static part => part.Length < 5 << 20))
        {
            await Refuse(context, 400, "EntityTooSmall");
            return;
        }

        Keep(upload.Path, [.. parts.SelectMany(static part => part)], upload.ContentType);
        await Xml(context, "<CompleteMultipartUploadResult><ETag>\"m\"</ETag></CompleteMultipartUploadResult>");
    }

    private async Task PutAsync(HttpContext context, string path)
    {
        Keep(path, await BodyAsync(context), context.Request.ContentType);
        context.Response.Headers.ETag = "\"1\"";
    }

    private void Keep(string path, byte[] bytes, string? contentType)
    {
        Objects[path] = new StoredObject(bytes, contentType);
        Written.Enqueue(path);
    }

    private async Task GetAsync(HttpContext context, string path)
    {
        if (!Objects.TryGetValue(path, out var stored))
        {
            await Refuse(context, 404, "NoSuchKey", "The specified key does not exist.");
            return;
        }

        var bytes = stored.Bytes.AsMemory();
        if (context.Request.GetTypedHeaders().Range?.Ranges.FirstOrDefault() is { } range)
        {
            context.Response.StatusCode = 206;
            bytes = bytes[(int)range.From!.Value..(int)Math.Min(bytes.Length, (range.To ?? int.MaxValue - 1) + 1)];
        }

        context.Response.Headers.ETag = "\"1\"";
        context.Response.ContentType = stored.ContentType;
        context.Response.ContentLength = bytes.Length;
        if (context.Request.Method != "HEAD")
        {
            Interlocked.Increment(ref _reads);
            Interlocked.Add(ref _bytesSent, bytes.Length);
            await context.Response.Body.WriteAsync(bytes);
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static Task Gone(HttpContext context, bool was)
    {
        context.Response.StatusCode = was ? 204 : 404;
        return Task.CompletedTask;
    }

    private static Task Xml(HttpContext context, string xml) => context.Response.WriteAsync("<?xml version=\"1.0\"?>" + xml);

    private static Task Refuse(HttpContext context, int status, string code, string message = "")
    {
        context.Response.StatusCode = status;
        return Xml(context, $"<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    }

    private sealed record Upload(string Path, string? ContentType, DateTimeOffset Begun)
    {
        public ConcurrentDictionary<int, byte[]> Parts { get; } = [];
    }
}
