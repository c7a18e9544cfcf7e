using System.Globalization;
using System.Net;
using Glue.Contracts.Storage;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>The part of an event that comes from the request: what was done, by whom, from where.</summary>
internal sealed record ChangeOrigin(string EventName, DateTimeOffset Time, string PrincipalId, string SourceIpAddress, RequestIds Ids, int LineageDepth)
{
    public static ChangeOrigin Of(S3Request request, string eventName, DateTimeOffset time) => new(
        eventName, time, request.Credential.PrincipalId,
        Address(request.Http.Connection.RemoteIpAddress), request.Ids, Lineage(request));

    /// <summary>A change the store makes by itself.</summary>
    public static ChangeOrigin OfStore(string eventName, DateTimeOffset time) =>
        new(eventName, time, "s3.amazonaws.com", IPAddress.Loopback.ToString(), RequestIds.New(), LineageDepth: 0);

    /// <summary>A deletion that only hides: <c>ObjectRemoved:Delete</c> becomes <c>ObjectRemoved:DeleteMarkerCreated</c>.</summary>
    public ChangeOrigin ForMarker() => this with { EventName = EventName[..EventName.IndexOf(':', StringComparison.Ordinal)] + ":DeleteMarkerCreated" };

    /// <param name="bucket">Where.</param>
    /// <param name="key">Which.</param>
    /// <param name="stored">What was made or removed.</param>
    /// <param name="sequence">From <see cref="Sequencer"/>.</param>
    public ObjectChange Describe(Bucket bucket, string key, StoredObject stored, long sequence) => new()
    {
        EventName = EventName,
        Time = Time,
        Bucket = bucket.Name,
        BucketOwner = bucket.AccountId,
        Key = key,
        Size = IsRemoval ? null : stored.Size,
        ETag = IsRemoval ? null : stored.ETag,
        VersionId = stored.Version.IsNull ? null : stored.Version.Text,
        Sequencer = Sequencer.Format(sequence),
        PrincipalId = PrincipalId,
        SourceIpAddress = SourceIpAddress,
        RequestId = Ids.RequestId,
        HostId = Ids.HostId,
        LineageDepth = LineageDepth,
        UserMetadata = IsRemoval ? null : stored.Headers.UserMetadata,
    };

    private bool IsRemoval => EventName.Contains(":Delete", StringComparison.Ordinal) && !EventName.StartsWith("ObjectTagging", StringComparison.Ordinal);

    /// <summary>Only a worker's storage gateway knows which function writes; from anyone else the header means nothing.</summary>
    private static int Lineage(S3Request request) =>
        request.Credential.IsStorageGateway
        && int.TryParse(request.Header("x-glue-lineage"), NumberStyles.None, CultureInfo.InvariantCulture, out var depth)
            ? depth
            : 0;

    private static string Address(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address ?? IPAddress.Loopback).ToString();
}
