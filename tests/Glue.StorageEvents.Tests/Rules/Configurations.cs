using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Tests.Rules;

/// <summary>Rules to start from.</summary>
internal static class Configurations
{
    public static BucketRule Rule(string id = "r", string prefix = "", string suffix = "", string events = "s3:ObjectCreated:*") => new()
    {
        Id = id,
        FunctionArn = FakeFunctions.Thumbnail,
        Events = events.Split(' '),
        Prefix = prefix,
        Suffix = suffix,
    };

    public static BucketNotificationConfiguration Of(params BucketRule[] rules) => new(rules);
}
