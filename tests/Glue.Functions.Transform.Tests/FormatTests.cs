using System.Text;

namespace Glue.Functions.Transform.Tests;

public sealed class FormatTests
{
    private const string Json = "output: {format: jsonl}";
    private const string Csv = "output: {format: csv}";

    [Theory]
    [InlineData("a,b\n1,2\n", "{\"a\":\"1\",\"b\":\"2\"}\n")]
    [InlineData("a,b\r\n1,2", "{\"a\":\"1\",\"b\":\"2\"}\n")] // CRLF, no line end at the end
    [InlineData("a,b\n\"x,\"\"y\"\"\nz\",\n", "{\"a\":\"x,\\\"y\\\"\\nz\",\"b\":\"\"}\n")] // delimiter, quotes and line end inside
    [InlineData("\uFEFFa\nGrüße 🐱\n", "{\"a\":\"Grüße 🐱\"}\n")] // byte order mark
    [InlineData("a\n\n1\n\n", "{\"a\":\"1\"}\n")] // empty lines
    [InlineData("a,b\n\"\",\"x\"\n", "{\"a\":\"\",\"b\":\"x\"}\n")]
    [InlineData("a\n5'6\" tall\n", "{\"a\":\"5'6\\\" tall\"}\n")] // a quote inside an unquoted field
    public void CSV_is_read_in_its_dialects(string csv, string json) => Assert.Equal(json, Transforming.Text(Json, csv));

    [Theory]
    [InlineData("{\"a\":1,\"b\":\"x\"}\n{\"b\":\"y\",\"a\":null}\n", "a,b\n1,x\n,y\n")] // by name
    [InlineData("{\"a\":\"x,y\",\"b\":\"q\\\"\",\"c\":\"l\\nm\"}\n", "a,b,c\n\"x,y\",\"q\"\"\",\"l\nm\"\n")]
    [InlineData("{\"a\":{\"b\":[1,2]},\"c\":true,\"d\":1.50,\"e\":12345678901234567890123}\n", "a,c,d,e\n\"{\"\"b\"\":[1,2]}\",true,1.50,12345678901234567890123\n")] // digits stay
    public void CSV_is_written_so_that_it_is_read_again(string json, string csv) => Assert.Equal(csv, Transforming.Text(Csv, json, "in.jsonl"));

    [Theory]
    [InlineData("[{\"a\":1}, {\"a\":\"]}\\\"\"}]")]
    [InlineData(" {\"a\":1}\n{\"a\":\"]}\\\"\"} ")]
    public void JSON_is_an_array_or_objects_one_after_the_other(string json) =>
        Assert.Equal("{\"a\":1}\n{\"a\":\"]}\\\"\"}\n", Transforming.Text(Json, json, "in.json"));

    [Fact]
    public void JSON_is_written_as_an_array()
    {
        Assert.Equal("[\n{\"a\":\"1\"},\n{\"a\":\"2\"}\n]\n", Transforming.Text("output: {format: json}", "a\n1\n2\n"));
        Assert.Equal("[\n]\n", Transforming.Text("output: {format: json}", "a\n"));
    }

    [Fact]
    public void Other_delimiters_headers_and_line_ends()
    {
        Assert.Equal("1\t2\r\n", Transforming.Text("{input: {delimiter: ';', header: false}, output: {format: csv, delimiter: tab, header: false, lineEnd: crlf}}", "1;2\n"));
        Assert.Equal("{\"c1\":\"1\",\"c2\":\"2\"}\n", Transforming.Text("{input: {header: false}}", "1,2\n"));
        Assert.Equal("{\"a\":\"1\",\"b\":\"2\"}\n", Transforming.Text("{}", "a\tb\n1\t2\n", "in.tsv"));
    }

    [Theory]
    [InlineData("windows-1252")]
    [InlineData("shift_jis")]
    [InlineData("utf-16")]
    public void Any_charset_becomes_UTF8_and_line_ends_become_what_is_wanted(string charset)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var text = charset == "shift_jis" ? "日本\r\n語\rx" : "Grüße\r\nÄ\rx";
        var bytes = Encoding.GetEncoding(charset).GetBytes(text);
        var result = Transforming.Bytes($"{{input: {{charset: {charset}}}, output: {{format: text}}}}", bytes, "in.txt")["in.txt"];
        Assert.Equal(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') + "\n", Encoding.UTF8.GetString(result));
    }

    [Fact]
    public void A_field_of_ten_megabytes_with_line_ends_goes_through()
    {
        var field = string.Concat(Enumerable.Repeat("0123456789abcde\n", 655_360));
        Assert.Equal($"a,b\n1,\"{field}\"\n", Transforming.Text(Csv, $"a,b\n1,\"{field}\"\n"));
    }

    [Theory]
    [InlineData("gzip", "gzip -dc", ".gz")]
    [InlineData("zstd", "zstd -dc", ".zst")]
    public async Task Compressed_results_are_read_by_the_real_tools_and_by_the_function_itself(string name, string tool, string extension)
    {
        var rows = "n\n" + string.Join('\n', Enumerable.Range(0, 200_000)) + "\n";
        var packed = Transforming.Bytes($"{{output: {{format: csv, compression: {name}}}}}", Encoding.UTF8.GetBytes(rows), "in.csv")["in.csv" + extension];
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["packed"], packed);
        Assert.Equal(rows, (await Cli.RunAsync("/bin/bash", ["-c", $"{tool} < {folder["packed"]}"])).Expect());
        Assert.Equal(rows, Encoding.UTF8.GetString(Transforming.Bytes(Csv, packed, "in.csv" + extension)["in.csv"]));
        var e = Assert.ThrowsAny<Objects.ObjectException>(() => Transforming.Bytes(Csv, packed[..(packed.Length - 20)], "in.csv" + extension));
        Assert.StartsWith("the compressed object is cut short or damaged: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_are_split_by_rows_and_by_bytes_never_inside_a_record()
    {
        var csv = Encoding.UTF8.GetBytes("a\n" + string.Concat(Enumerable.Range(0, 25).Select(static i => $"row{i:D5}\n")));
        var rows = Transforming.Bytes("output: {format: csv, split: {rows: 10}}", csv, "in.csv");
        Assert.Equal(["in.00001.csv", "in.00002.csv", "in.00003.csv"], rows.Keys);
        Assert.Equal(["a", "row00020", "row00021", "row00022", "row00023", "row00024", ""], Encoding.UTF8.GetString(rows["in.00003.csv"]).Split('\n'));
        var bytes = Transforming.Bytes("output: {format: jsonl, split: {bytes: 1K}}", [.. Enumerable.Repeat(csv, 40).SelectMany(static c => c)], "in.csv");
        Assert.True(bytes.Count > 5);
        Assert.All(bytes.Values, static part => Assert.InRange(part.Length, 1, 1024 + 32));
    }

    [Theory]
    [InlineData("x/in.csv", "csv", "x/in.csv")]
    [InlineData("in.csv", "jsonl", "in.csv.jsonl")]
    [InlineData("in.json.gz", "csv", "in.json.csv")]
    public void A_result_has_its_originals_key_and_the_extension_of_what_is_inside(string key, string format, string result)
    {
        var input = Encoding.UTF8.GetBytes(key.Contains("json", StringComparison.Ordinal) ? "{\"a\":1}" : "a\n1\n");
        Assert.Equal(result, Assert.Single(Transforming.Bytes($"output: {{format: {format}}}", input, key)).Key);
    }
}
