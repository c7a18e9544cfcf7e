namespace Glue.StorageEvents.FunctionalTests;

/// <summary>A clock whose date is set by the test; its timers run as everyone's.</summary>
internal sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
