using System.Text;
using Glue.Guest.RuntimeApi;

namespace Glue.Guest.Tests;

public sealed class ChunkedBodyTests
{
    private const string Coded = "5;ext=1\r\nhello\r\nc\r\n, the world!\r\n0\r\nTrailer: x\r\n\r\nNEXT";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void The_coding_comes_off_however_the_body_is_cut_and_what_follows_is_left(int step)
    {
        var (decoded, rest) = Decode(Coded, step);

        Assert.Equal("hello, the world!", decoded);
        Assert.Equal("NEXT", rest);
    }

    [Theory]
    [InlineData("5\r\nhelloX")]
    [InlineData("FFFFFFFFFF\r\n")]
    public void What_is_not_chunked_is_refused(string text)
    {
        var body = default(ChunkedBody);
        var input = Encoding.ASCII.GetBytes(text);
        var used = 0;
        for (var at = 0; at < input.Length && used >= 0; at += Math.Max(used, 0))
        {
            used = body.Read(input.AsSpan(at), out _);
        }

        Assert.Equal(-1, used);
    }

    private static (string Decoded, string Left) Decode(string text, int step)
    {
        var body = default(ChunkedBody);
        var decoded = new StringBuilder();
        var input = Encoding.ASCII.GetBytes(text);
        var at = 0;
        while (!body.IsDone)
        {
            var piece = input.AsSpan(at, Math.Min(step, input.Length - at));
            at += body.Read(piece, out var data);
            decoded.Append(Encoding.ASCII.GetString(data));
        }

        return (decoded.ToString(), Encoding.ASCII.GetString(input.AsSpan(at)));
    }
}
