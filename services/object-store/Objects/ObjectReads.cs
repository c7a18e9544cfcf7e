using System.Globalization;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Lifecycle;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>GetObject and HeadObject.</summary>
internal sealed class ObjectReads(ObjectCatalog catalog, BlobFiles files)
{
    // A reader that meets a replaced object reads again; more often than this in a row means a damaged data folder.
    private const int MaxAttempts = 10;

    private const int PieceBytes = 64 * 1024;

    private static readonly (string Query, string Header)[] Overrides =
    [
        ("response-content-type", "Content-Type"), ("response-content-language", "Content-Language"), ("response-expires", "Expires"),
        ("response-cache-control", "Cache-Control"), ("response-content-disposition", "Content-Disposition"),
        ("response-content-encoding", "Content-Encoding"),
    ];

    public async Task GetAsync(S3Request request)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = Find(request);
            if (AnswerConditions(request, stored))
            {
                return;
            }

            var (range, isPartial) = Select(request, stored);
            StoredBodyReader body;
            try
            {
                body = new StoredBodyReader(files, stored.Body, range);
            }
            catch (FileNotFoundException e)
            {
                if (attempt < MaxAttempts)
                {
                    continue; // replaced between reading its row and opening its file
                }

                throw new BodyDamagedException(e.FileName ?? "", "its file is missing", e);
            }

            using (body)
            {
                SendHeaders(request, stored, range, isPartial);
                await SendAsync(body, request);
            }

            return;
        }
    }

    public Task HeadAsync(S3Request request)
    {
        var stored = Find(request);
        if (!AnswerConditions(request, stored))
        {
            var (range, isPartial) = Select(request, stored);
            SendHeaders(request, stored, range, isPartial);
        }

        return Task.CompletedTask;
    }

    private static async Task SendAsync(StoredBodyReader body, S3Request request)
    {
        var writer = request.Http.Response.BodyWriter;
        while (await body.ReadAsync(writer.GetMemory(PieceBytes)[..PieceBytes], request.Aborted) is var read and > 0)
        {
            writer.Advance(read);
            if ((await writer.FlushAsync(request.Aborted)).IsCompleted)
            {
                return; // the client left
            }
        }
    }

    /// <summary>The version a request names, or the current one.</summary>
    /// <exception cref="S3Exception">NoSuchKey, NoSuchVersion; MethodNotAllowed: it is a delete marker.</exception>
    public StoredObject Find(S3Request request)
    {
        var version = VersionId.Parse(request.Ask("versionId"));
        if (catalog.Find(request.Bucket, request.Key, version) is { } stored)
        {
            return stored.IsDeleteMarker ? throw IsMarker(request, stored) : stored;
        }

        if (version is not null)
        {
            throw new S3Exception(S3Error.NoSuchVersion) { Details = [("Key", request.Key), ("VersionId", version.Text)] };
        }

        if (request.Bucket.HasVersions && catalog.FindMarker(request.Bucket, request.Key) is { } marker)
        {
            VersionHeaders.SendMarker(request, marker.Version);
        }

        throw new S3Exception(S3Error.NoSuchKey) { Details = [("Key", request.Key)] };
    }

    private static S3Exception IsMarker(S3Request request, StoredObject marker)
    {
        VersionHeaders.SendMarker(request, marker.Version);
        request.Http.Response.Headers.Allow = "DELETE";
        return new S3Exception(S3Error.MethodNotAllowed) { Details = [("Method", request.Http.Request.Method), ("ResourceType", "DeleteMarker")] };
    }

    /// <returns>True: the answer is complete.</returns>
    private static bool AnswerConditions(S3Request request, StoredObject stored)
    {
        switch (ReadConditions.Decide(request, stored))
        {
            case ReadDecision.Failed:
                throw new S3Exception(S3Error.PreconditionFailed);
            case ReadDecision.NotModified:
                var response = request.Http.Response;
                response.StatusCode = StatusCodes.Status304NotModified;
                response.Headers.ETag = $"\"{stored.ETag}\"";
                response.Headers.LastModified = HttpDates.Format(stored.ModifiedAt);
                return true;
            default:
                return false;
        }
    }

    private static (ByteRange Range, bool IsPartial) Select(S3Request request, StoredObject stored)
    {
        var whole = new ByteRange(0, stored.Size);
        if (request.Has("partNumber"))
        {
            return (PartRange(request, stored), IsPartial: true);
        }

        return ByteRange.Parse(request.Header("Range"), stored.Size) is { } range ? (range, true) : (whole, false);
    }

    private static ByteRange PartRange(S3Request request, StoredObject stored)
    {
        var number = request.AskNumber("partNumber", 1, 10_000, 1);
        var segments = stored.Body.Segments;
        if (number > Math.Max(1, segments.Count))
        {
            throw new S3Exception(S3Error.InvalidPartNumber);
        }

        if (segments.Count > 1)
        {
            request.Http.Response.Headers["x-amz-mp-parts-count"] = segments.Count.ToString(CultureInfo.InvariantCulture);
        }

        return segments.Count == 0
            ? new ByteRange(0, 0)
            : new ByteRange(segments.Take(number - 1).Sum(static segment => segment.Length), segments[number - 1].Length);
    }

    private static void SendHeaders(S3Request request, StoredObject stored, ByteRange range, bool isPartial)
    {
        var response = request.Http.Response;
        stored.Headers.Send(response.Headers);
        foreach (var (query, header) in Overrides)
        {
            if (request.Ask(query) is { Length: > 0 } value)
            {
                response.Headers[header] = HeaderText.ForAnswer(value, query);
            }
        }

        VersionHeaders.Send(request, stored.Version);
        if (stored.Tags.Count > 0)
        {
            response.Headers["x-amz-tagging-count"] = stored.Tags.Count.ToString(CultureInfo.InvariantCulture);
        }

        if (string.IsNullOrEmpty(request.Ask("versionId")))
        {
            ExpirationHeader.Send(request, request.Key, stored);
        }

        response.Headers.ETag = $"\"{stored.ETag}\"";
        response.Headers.LastModified = HttpDates.Format(stored.ModifiedAt);
        response.Headers.AcceptRanges = "bytes";
        response.ContentLength = range.Length;
        if (isPartial && stored.Size > 0)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = range.ContentRange(stored.Size);
        }
        else if (string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase))
        {
            StoredChecksum.Send(stored.Checksum, response.Headers);
        }
    }
}
