using Glue.Foundation.Memory;

namespace Glue.Foundation.Tests.Memory;

public sealed class ByteRoomTests
{
    [Fact]
    public async Task Who_comes_first_gets_room_first_and_who_leaves_the_line_holds_nobody_up()
    {
        var room = new ByteRoom(100);
        using var leaving = new CancellationTokenSource();
        var held = await room.TakeAsync(60, CancellationToken.None);
        var leaves = room.TakeAsync(70, leaving.Token);
        var large = room.TakeAsync(100, CancellationToken.None);
        var small = room.TakeAsync(10, CancellationToken.None);
        Assert.False(leaves.IsCompleted || large.IsCompleted || small.IsCompleted);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        held.Dispose();
        held.Dispose();
        var all = await large.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(small.IsCompleted);
        all.Dispose();
        (await small.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
        (await room.TakeAsync(100, CancellationToken.None)).Dispose();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => room.TakeAsync(101, CancellationToken.None));
    }
}
