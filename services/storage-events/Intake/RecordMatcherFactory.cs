using Glue.Contracts.Storage;
using Glue.StorageEvents.Rules;

namespace Glue.StorageEvents.Intake;

/// <summary>A matcher is used by one loop: each loop has its own.</summary>
internal sealed class RecordMatcherFactory(BucketNotifications notifications, IFunctionDirectory functions, StorageEventsOptions options, TimeProvider time)
{
    /// <param name="wants">Which changes and rules; null: all.</param>
    public RecordMatcher New(Func<ObjectChange, CompiledRule, bool>? wants = null) => new(notifications, functions, options, time, wants);
}
