namespace Glue.FunctionLogs.FunctionalTests;

/// <summary>Stands still unless told; timers are real ones.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ms = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public long NowMs => Interlocked.Read(ref _ms);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ms, (long)by.TotalMilliseconds);
}
