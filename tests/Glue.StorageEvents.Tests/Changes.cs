using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Tests;

/// <summary>Object changes to start from.</summary>
internal static class Changes
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, 7, TimeSpan.Zero);

    public static ObjectChange Put(string key = "in/cat.jpg", string bucket = "photos") => new()
    {
        EventName = "ObjectCreated:Put",
        Time = Noon,
        Bucket = bucket,
        BucketOwner = "000000000000",
        Key = key,
        Size = 1024,
        ETag = "d41d8cd98f00b204e9800998ecf8427e",
        Sequencer = "0055AED6DCD90281E5",
        PrincipalId = "AWS:GLUEADMIN",
        SourceIpAddress = "127.0.0.1",
        RequestId = "C3D13FE58DE4C810",
        HostId = "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD",
    };

    public static ObjectChange Delete(string key = "in/cat.jpg") =>
        Put(key) with { EventName = "ObjectRemoved:Delete", Size = null, ETag = null };
}
