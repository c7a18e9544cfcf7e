using Glue.AttachedStores.Polling;

namespace Glue.AttachedStores.Tests.Polling;

public sealed class StoreClockTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The last second that a store can name.</summary>
    private static readonly DateTimeOffset Last = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    [Fact]
    public void An_object_of_the_last_second_there_is_was_changed_since() => Assert.True(new StoreClock(Now, Now, Now).IsSince(Last, Now));

    [Fact]
    public void A_store_whose_clock_shows_the_last_second_there_is_has_objects_of_before_and_of_since()
    {
        var clock = new StoreClock(Last, Now, Now);
        Assert.Equal((false, true), (clock.IsSince(Now, Now), clock.IsSince(Last, Now)));
    }
}
