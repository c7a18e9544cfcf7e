using Glue.Guest.Native;

namespace Glue.Guest.Tests;

public sealed class NativeBufferTests
{
    [Fact]
    public void Bytes_come_out_in_order_through_growth_and_wrap()
    {
        var buffer = new NativeBuffer(16);
        byte next = 0;
        byte expected = 0;
        for (var round = 0; round < 200; round++)
        {
            var part = new byte[round % 23];
            foreach (ref var each in part.AsSpan())
            {
                each = next++;
            }

            buffer.Append(part);
            var take = Math.Min(buffer.Count, round % 19);
            foreach (var each in buffer.Bytes[..take])
            {
                Assert.Equal(expected++, each);
            }

            buffer.Consume(take);
        }

        foreach (var each in buffer.Bytes)
        {
            Assert.Equal(expected++, each);
        }

        Assert.Equal(next, expected);
        buffer.Release();
    }
}
