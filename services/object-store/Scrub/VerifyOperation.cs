using System.Text.Json;
using System.Text.Json.Serialization;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Scrub;

/// <summary>
/// Glue's own <c>POST /?glue-verify[&amp;rate=BYTES_PER_SECOND]</c>: reads every body of the caller's account (of the whole store for the
/// installation's own account, 000000000000) from the disk, and answers line by line, as JSON, while it goes. It ends when the caller leaves.
/// </summary>
internal sealed class VerifyOperation(StoredBodies bodies, BlobFiles files, TimeProvider time)
{
    public const string Name = "glue-verify";
    private const string InstallationAccount = "000000000000";
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(250);

    public async Task RunAsync(S3Request request)
    {
        if (ReferenceEquals(request.Credential, AccessControl.Anonymous))
        {
            throw request.AnonymousRefusal!;
        }

        var rate = long.TryParse(request.Ask("rate"), System.Globalization.NumberStyles.None, null, out var bytesPerSecond) && bytesPerSecond > 0
            ? bytesPerSecond
            : long.MaxValue;
        var account = request.Credential.AccountId == InstallationAccount ? null : request.Credential.AccountId;
        var (count, bytes) = bodies.Total(account);
        var progress = new VerifyLine { Bodies = 0, Bytes = 0, TotalBodies = count, TotalBytes = bytes };
        var (started, reported) = (time.GetTimestamp(), time.GetTimestamp());
        var verifier = new BodyVerifier(files, bodies, time);
        request.Http.Response.ContentType = "application/x-ndjson";
        await SendAsync(request, progress);
        foreach (var row in bodies.Walk(account))
        {
            var fault = await verifier.VerifyAsync(row, PaceAsync, request.Aborted);
            progress = progress with { Bodies = progress.Bodies + 1, Damaged = progress.Damaged + (fault is null ? 0 : 1) };
            if (fault is not null)
            {
                await SendAsync(request, progress with { Bucket = row.Bucket, Key = row.Key, VersionId = row.VersionId, Part = row.Part, What = fault });
            }
        }

        await SendAsync(request, progress with { Done = true });

        async Task PaceAsync(int read)
        {
            progress = progress with { Bytes = progress.Bytes + read };
            var ahead = TimeSpan.FromSeconds((double)progress.Bytes / rate) - time.GetElapsedTime(started);
            if (ahead > TimeSpan.FromMilliseconds(10))
            {
                await Task.Delay(ahead, time, request.Aborted);
            }

            if (time.GetElapsedTime(reported) > BetweenReports)
            {
                reported = time.GetTimestamp();
                await SendAsync(request, progress);
            }
        }
    }

    private static async Task SendAsync(S3Request request, VerifyLine line)
    {
        await request.Http.Response.Body.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, VerifyJson.Default.VerifyLine), (byte)'\n'], request.Aborted);
        await request.Http.Response.Body.FlushAsync(request.Aborted);
    }
}

/// <summary>A line of the answer: how far it is, and what was just found.</summary>
internal sealed record VerifyLine
{
    /// <summary>Read so far: objects, old versions and parts.</summary>
    public required long Bodies { get; init; }

    public required long Bytes { get; init; }

    public required long TotalBodies { get; init; }

    public required long TotalBytes { get; init; }

    /// <summary>Found so far.</summary>
    public long Damaged { get; init; }

    /// <summary>Of the damaged body this line tells of.</summary>
    public string? Bucket { get; init; }

    public string? Key { get; init; }

    public string? VersionId { get; init; }

    /// <summary>Upload id and part number, when it is a part of an unfinished upload.</summary>
    public string? Part { get; init; }

    public string? What { get; init; }

    /// <summary>The last line; without it the verification was cut off.</summary>
    public bool Done { get; init; }
}

[JsonSerializable(typeof(VerifyLine))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class VerifyJson : JsonSerializerContext;
