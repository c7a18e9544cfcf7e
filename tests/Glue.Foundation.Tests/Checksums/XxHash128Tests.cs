using System.Text;
using Glue.Foundation.Checksums;

namespace Glue.Foundation.Tests.Checksums;

/// <summary>Golden: the ETags of stored parts are compared with these.</summary>
public sealed class XxHash128Tests
{
    [Theory]
    [InlineData("", "99aa06d3014798d86001c324468d497f")]
    [InlineData("a", "a96faf705af16834e6c632b61e964e1f")]
    [InlineData("abc", "06b05ab6733a618578af5f94892f3950")]
    public void Known_values(string text, string expected)
    {
        using var hash = new XxHash128();
        hash.Append(Encoding.ASCII.GetBytes(text));
        Assert.Equal(expected, Convert.ToHexStringLower(hash.Finish()));
    }

    [Fact]
    public void Pieces_give_the_hash_of_the_whole_and_it_begins_anew()
    {
        var random = new Random(7);
        var bytes = new byte[300_000];
        random.NextBytes(bytes);
        using var hash = new XxHash128();
        hash.Append(bytes);
        var whole = hash.Finish();
        for (var at = 0; at < bytes.Length;)
        {
            var piece = bytes.AsSpan(at, Math.Min(random.Next(1, 100_000), bytes.Length - at));
            hash.Append(piece);
            at += piece.Length;
        }

        Assert.Equal(whole, hash.Finish());
        bytes[299_999] ^= 1;
        hash.Append(bytes);
        Assert.NotEqual(whole, hash.Finish());
    }
}
