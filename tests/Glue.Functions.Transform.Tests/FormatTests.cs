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
    [InlineData("a,b\r1,2\r\r3,\"x\ny\"\r", "{\"a\":\"1\",\"b\":\"2\"}\n{\"a\":\"3\",\"b\":\"x\\ny\"}\n")]
    [InlineData("\"a\r\"\r1", "{\"a\\r\":\"1\"}\n")]
    [InlineData("\"a\rb\"\n1\r2\n", "{\"a\\rb\":\"1\\r2\"}\n")] // its first line ends with LF
    public void CSV_may_have_the_line_ends_of_the_old_Mac_OS(string csv, string json) => Assert.Equal(json, Transforming.Text(Json, csv));

    [Fact]
    public void A_bad_record_of_such_a_file_is_told_by_its_line() =>
        Assert.Contains("\"line\":3", Encoding.UTF8.GetString(Transforming.Bytes(Csv, "a\r1\r2,3\r"u8.ToArray(), "in.csv")["in.csv.rejects.jsonl"]), StringComparison.Ordinal);

    [Theory]
    [InlineData("output: {format: csv}", "a,b\n", "a,b\n")]
    [InlineData("{steps: [{filter: a = 'x'}, {rename: {b: c}}, {derive: {d: a}}], output: {format: csv}}", "a,b\n1,2\n", "a,c,d\n")]
    public void A_CSV_without_records_has_its_header(string pipeline, string csv, string result) => Assert.Equal(result, Transforming.Text(pipeline, csv));

    [Fact]
    public void One_column_with_nothing_in_it_is_read_again()
    {
        var csv = Transforming.Text(Csv, "{\"a\":1}\n{\"a\":null}\n{\"a\":2}\n", "in.jsonl");
        Assert.Equal("a\n1\n\"\"\n2\n", csv);
        Assert.Equal("{\"a\":\"1\"}\n{\"a\":\"\"}\n{\"a\":\"2\"}\n", Transforming.Text(Json, csv));
    }

    [Theory]
    [InlineData("[{\"a\":1}{\"a\":2}]", "the JSON has '{' in line 1, where ',' or ']' was expected. Nothing of it was kept")]
    [InlineData("{\"a\":1}\n[{\"a\":2}]", "the JSON has '[' in line 2, where an object was expected. Nothing of it was kept")]
    [InlineData("[{\"a\":1},]", "the JSON has ']' in line 1, where an object was expected. Nothing of it was kept")]
    [InlineData("[,{\"a\":1}]", "the JSON has ',' in line 1, where an object was expected. Nothing of it was kept")]
    [InlineData("{\"a\":1},{\"a\":2}", "the JSON has ',' in line 1, where an object was expected. Nothing of it was kept")]
    [InlineData("[{\"a\":1}] {\"a\":2}", "something follows the JSON array in line 1. Nothing of it was kept")]
    [InlineData("[{\"a\":1},", "the JSON array is not closed. Nothing of it was kept")]
    public void What_is_no_JSON_between_the_objects_is_refused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<Formats.BrokenInputException>(() => Transforming.Text(Json, json, "in.json")).Message);

    [Fact]
    public void What_is_no_object_in_a_JSON_array_is_one_reject_each()
    {
        var input = "[1, \"a,b]\", [{\"a\":1}, 2], {\"a\":3}, null]"u8.ToArray();
        Assert.Equal(4, Transforming.Reasons(Json, input, "in.json").Length);
        Assert.Equal("{\"a\":3}\n", Encoding.UTF8.GetString(Transforming.Bytes(Json, input, "in.json")["in.json.jsonl"]));
    }

    [Fact]
    public void A_text_is_made_of_the_column_line_and_of_nothing_else()
    {
        Assert.Equal("x\n\n", Transforming.Text("output: {format: text}", "{\"line\":\"x\"}\n{\"line\":null}\n", "in.jsonl"));
        Assert.Equal(["it has no column 'line', which is what a text is made of; derive or rename one"], Transforming.Reasons("output: {format: text}", "a\n1\n"u8.ToArray()));
    }

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

    [Theory]
    [InlineData("\"na\"me,b\n1,2\n3,4\n", "the CSV's header is wrong: field 1 goes on behind its closing quote. Nothing of it was kept")]
    [InlineData("Gr\u00F6\u00DFe;a,b\n1,2\n3,4\n", "the CSV's header is wrong: it is not UTF-8; input.charset says what it is. Nothing of it was kept")]
    public void A_CSV_whose_header_cannot_be_read_fails_and_no_row_takes_its_place(string latin, string message)
    {
        var e = Assert.Throws<Formats.BrokenInputException>(() => Transforming.Bytes(Json, Encoding.Latin1.GetBytes(latin), "in.csv"));
        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void JSON_in_JSON_is_written_on_one_line_without_white_space_between_its_parts()
    {
        const string Pretty = "[\n  {\n    \"a\": [\n      \"x y\",\t{ \"q\\\" \": 1 }\r\n    ]\n  }\n]\n";
        Assert.Equal("{\"a\":[\"x y\",{\"q\\\" \":1}]}\n", Transforming.Text(Json, Pretty, "in.json"));
        Assert.Equal("{\"a\":{\"b\":[1,2]}}\n", Transforming.Text("steps: [{cast: {a: json}}]", "a\n\"{ \"\"b\"\":\n[1, 2] }\"\n"));
        var hashes = Transforming.Text("steps: [{hash: [a]}]", "{\"a\":[\"a\",\"b\"]}\n{\"a\": [\"a\", \"b\"]}\n", "in.jsonl").Split('\n');
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Theory]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    public void Half_of_a_surrogate_pair_rejects_its_record_only(string record)
    {
        var results = Transforming.Bytes(Json, Encoding.UTF8.GetBytes("{\"a\":1}\n" + record + "\n{\"a\":2}\n"), "in.jsonl");
        Assert.Equal("{\"a\":1}\n{\"a\":2}\n", Encoding.UTF8.GetString(results["in.jsonl"]));
        Assert.Contains("half of a surrogate pair", Encoding.UTF8.GetString(results["in.jsonl.rejects.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_with_a_null_character_stay_apart() => Assert.Equal(
        "{\"a\\u0000b\":1,\"c\":2}\n{\"a\":1,\"b\\u0000c\":2}\n",
        Transforming.Text(Json, "{\"a\\u0000b\":1,\"c\":2}\n{\"a\":1,\"b\\u0000c\":2}\n", "in.jsonl"));

    [Theory]
    [InlineData("us-ascii", new byte[] { 0xE4 })]
    [InlineData("shift_jis", new byte[] { 0x81, 0x20 })]
    [InlineData("utf-16", new byte[] { 0x00, 0xDC })] // half of a surrogate pair
    public void Bytes_that_do_not_fit_the_charset_reject_their_record(string charset, byte[] bad)
    {
        var encoding = charset == "utf-16" ? Encoding.Unicode : Encoding.ASCII;
        byte[] input = [.. encoding.GetBytes("a\n1\nx"), .. bad, .. encoding.GetBytes("y\n2\n")];
        var pipeline = $"input: {{charset: {charset}}}";
        Assert.Equal($"it has bytes that are not {charset}", Assert.Single(Transforming.Reasons(pipeline, input)));
        Assert.Equal("{\"a\":\"1\"}\n{\"a\":\"2\"}\n", Encoding.UTF8.GetString(Transforming.Bytes(pipeline, input, "in.csv")["in.csv.jsonl"]));
    }

    [Fact]
    public async Task A_zst_that_begins_with_a_frame_to_be_skipped_is_unpacked_all_the_same()
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("/bin/bash", ["-euc", $"printf 'a\\n1\\n' | zstd -qc > {folder["z"]}"])).Expect();
        byte[] skipped = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
        byte[] input = [.. skipped, .. await File.ReadAllBytesAsync(folder["z"])];
        Assert.Equal("a\n1\n", Encoding.UTF8.GetString(Transforming.Bytes(Csv, input, "in.csv.zst").Values.Single()));
    }

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
    [InlineData("{output: {format: jsonl}}", "\"", "\\\"")]
    [InlineData("{output: {format: jsonl}}", "\u0001", "\\u0001")]
    [InlineData("{output: {format: csv, header: false}}", "\"", "\"\"")]
    [InlineData("{output: {format: csv, header: false}}", "x", "x")]
    public void A_field_of_any_length_is_written_piece_by_piece(string pipeline, string sign, string written)
    {
        const int Length = 1_000_000;
        string Repeated(string text) => new StringBuilder().Insert(0, text, Length).ToString();
        var json = System.Text.Json.JsonSerializer.Serialize(new { a = Repeated(sign), b = "," });
        var result = Transforming.Text(pipeline, json, "in.jsonl");
        var field = pipeline.Contains("csv", StringComparison.Ordinal)
            ? sign == "x" ? Repeated(written) + ",\",\"\n" : $"\"{Repeated(written)}\",\",\"\n"
            : $"{{\"a\":\"{Repeated(written)}\",\"b\":\",\"}}\n";
        Assert.True(field == result);
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
        Assert.Equal(rows, Encoding.UTF8.GetString(Transforming.Bytes(Csv, packed, "in.csv" + extension).Values.Single()));
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
    [InlineData("in.json", "csv", "in.json.csv")]
    [InlineData("in.json.gz", "csv", "in.json.gz.csv")]
    [InlineData("in.CSV", "csv", "in.CSV")]
    public void A_result_has_its_originals_key_and_the_extension_of_what_is_inside(string key, string format, string result)
    {
        var input = Encoding.UTF8.GetBytes(key.Contains("json", StringComparison.Ordinal) ? "{\"a\":1}" : "a\n1\n");
        Assert.Equal(result, Assert.Single(Transforming.Bytes($"output: {{format: {format}}}", input, key)).Key);
    }
}
