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

    /// <param name="bucket">Where.</param>
    /// <param name="key">Which.</param>
    /// <param name="stored">Null for a deletion.</param>
    /// <param name="sequencer">From <see cref="Sequencer"/>.</param>
    public ObjectChange Describe(Bucket bucket, string key, StoredObject? stored, string sequencer) => new()
    {
        EventName = EventName,
        Time = Time,
        Bucket = bucket.Name,
        BucketOwner = bucket.AccountId,
        Key = key,
        Size = stored?.Size,
        ETag = stored?.ETag,
        Sequencer = sequencer,
        PrincipalId = PrincipalId,
        SourceIpAddress = SourceIpAddress,
        RequestId = Ids.RequestId,
        HostId = Ids.HostId,
        LineageDepth = LineageDepth,
    };

    /// <summary>Only a worker's storage gateway knows which function writes; from anyone else the header means nothing.</summary>
    private static int Lineage(S3Request request) =>
        request.Credential.IsStorageGateway
        && int.TryParse(request.Header("x-glue-lineage"), NumberStyles.None, CultureInfo.InvariantCulture, out var depth)
            ? depth
            : 0;

    private static string Address(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address ?? IPAddress.Loopback).ToString();
}
