using Glue.Functions.Objects;

namespace Glue.Functions.Transform.Tests;

/// <summary>Whatever comes in: records, rejects, or one of our errors.</summary>
public sealed class FuzzTests
{
    private const int Tries = 1_000;

    [Theory]
    [InlineData("in.csv", "csv")]
    [InlineData("in.json", "json")]
    [InlineData("in.jsonl", "jsonl")]
    [InlineData("in.txt", "text")]
    [InlineData("in.csv.gz", "csv")]
    [InlineData("in.csv.zst", "csv")]
    public void A_thousand_cut_and_a_thousand_flipped_inputs_end_in_records_or_a_clean_error(string key, string format)
    {
        var rows = "id,name,note\n" + string.Concat(Enumerable.Range(0, 40).Select(static i => $"{i},\"name \"\"{i}\"\"\",Zürich {i}\n"));
        var packing = key.EndsWith(".gz", StringComparison.Ordinal) ? "gzip" : key.EndsWith(".zst", StringComparison.Ordinal) ? "zstd" : "none";
        var made = Transforming.Bytes($"output: {{format: {format}, compression: {packing}}}", System.Text.Encoding.UTF8.GetBytes(rows), format == "text" ? "in.txt" : "in.csv");
        var whole = made.Values.First();
        var random = new Random(key.Length);
        for (var i = 0; i < Tries; i++)
        {
            Try(whole[..random.Next(whole.Length)], key);
            var flipped = (byte[])whole.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            }

            Try(flipped, key);
        }
    }

    private static void Try(byte[] input, string key)
    {
        try
        {
            Transforming.Bytes("{steps: [{cast: {id: integer}}, {derive: {x: 'id + 1'}}], output: {format: jsonl}}", input, key);
        }
        catch (ObjectException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
