using System.Text;

namespace Glue.Functions.FunctionalTests;

/// <summary>The published transform function against a store, its results beside those of the distribution's tools.</summary>
public sealed class TransformTests
{
    private const string Pipeline =
        """
        steps:
          - cast: {id: integer, price: number}
          - filter: price > 10
          - derive: {total: price * 2}
        output: {format: jsonl, compression: gzip}
        """;

    [Fact]
    public async Task Records_go_through_the_declared_pipeline_and_a_second_run_makes_the_same_bytes()
    {
        await using var function = await FunctionProcess.StartAsync("transform", ("TRANSFORM", Pipeline));
        function.Objects["/in/a.csv"] = new("id,price\n1,5\n2,20.5\n"u8.ToArray());
        var answer = (await function.InvokeForAsync("in", "a.csv")).Expect(succeeded: true).Json.GetProperty("objects")[0];
        Assert.Equal("transformed/a.csv.jsonl.gz", answer.GetProperty("keys")[0].GetString());
        Assert.Equal(1, answer.GetProperty("records").GetInt32());
        var first = function.Objects["/in/transformed/a.csv.jsonl.gz"].Bytes;
        Assert.Equal("{\"id\":2,\"price\":20.5,\"total\":41}\n", await UnpackAsync(first));
        (await function.InvokeForAsync("in", "a.csv")).Expect(succeeded: true);
        Assert.Equal(first, function.Objects["/in/transformed/a.csv.jsonl.gz"].Bytes);
    }

    [Fact]
    public async Task The_pipeline_may_be_an_object_and_rejects_are_one()
    {
        await using var function = await FunctionProcess.StartAsync("echo"); // a store to hold the pipeline before the function starts
        function.Objects["/conf/p.yaml"] = new("steps: [{cast: {n: integer}}]\noutput: {format: csv}"u8.ToArray());
        await using var transform = await FunctionProcess.StartAsync(
            "transform", ("TRANSFORM", "s3://conf/p.yaml"), ("AWS_ENDPOINT_URL_S3", function.Address));
        function.Objects["/in/a.csv"] = new("n\n1\nx\n"u8.ToArray());
        (await transform.InvokeForAsync("in", "a.csv")).Expect(succeeded: true);
        Assert.Equal("n\n1\n", Encoding.UTF8.GetString(function.Objects["/in/transformed/a.csv"].Bytes));
        Assert.Equal(
            "{\"line\":3,\"reason\":\"column 'n': 'x' is not a number\",\"record\":\"x\"}\n",
            Encoding.UTF8.GetString(function.Objects["/in/transformed/a.csv.rejects.jsonl"].Bytes));
    }

    [Fact]
    public async Task A_run_that_fails_leaves_nothing_visible()
    {
        await using var function = await FunctionProcess.StartAsync("transform", ("TRANSFORM", "{rejects: {limit: 0}, output: {format: csv, split: {bytes: 6M}}}"));
        var rows = string.Concat(Enumerable.Range(0, 1_500_000).Select(static i => $"{i},some text\n"));
        function.Objects["/in/a.csv"] = new(Encoding.UTF8.GetBytes("n,t\n" + rows + "bad\n"));
        var failed = (await function.InvokeForAsync("in", "a.csv")).Expect(succeeded: false);
        Assert.Equal("TooManyRejectsException", failed.ErrorType);
        Assert.StartsWith("in/a.csv: more than 0 records cannot be transformed; this one is in line 1500002: it has 1 fields, the header has 2", failed.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(["/in/a.csv"], function.Objects.Keys);
        Assert.Empty(function.Store.Unfinished);
    }

    [Fact]
    public async Task What_a_killed_run_left_is_given_up_by_the_next_one()
    {
        await using var function = await FunctionProcess.StartAsync("transform");
        function.Objects["/in/a.csv"] = new("n\n1\n"u8.ToArray());
        function.Store.BeginOld("/in/transformed/a.csv.jsonl", TimeSpan.FromHours(1));
        function.Store.BeginOld("/in/transformed/a.csv.00002.jsonl", TimeSpan.FromHours(1));
        function.Store.BeginOld("/in/transformed/a.csv.00003.jsonl", TimeSpan.FromMinutes(5));
        function.Store.BeginOld("/in/transformed/b.csv.jsonl", TimeSpan.FromHours(1));
        (await function.InvokeForAsync("in", "a.csv")).Expect(succeeded: true);
        Assert.Equal(["/in/transformed/a.csv.00003.jsonl", "/in/transformed/b.csv.jsonl"], function.Store.Unfinished.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_an_object_that_replaces_a_longer_and_worse_one_nothing_of_the_former_remains()
    {
        await using var function = await FunctionProcess.StartAsync("transform", ("TRANSFORM", "{steps: [{cast: {n: integer}}], output: {format: csv, split: {rows: 1}}}"));
        function.Objects["/in/a.csv"] = new("n\n1\n2\nx\n3\n"u8.ToArray());
        (await function.InvokeForAsync("in", "a.csv")).Expect(succeeded: true);
        string[] parts = ["/in/transformed/a.00001.csv", "/in/transformed/a.00002.csv", "/in/transformed/a.00003.csv"];
        Assert.Equal(["/in/a.csv", .. parts, "/in/transformed/a.csv.rejects.jsonl"], function.Objects.Keys.Order(StringComparer.Ordinal));
        function.Objects["/in/a.csv"] = new("n\n7\n"u8.ToArray());
        (await function.InvokeForAsync("in", "a.csv")).Expect(succeeded: true);
        Assert.Equal(["/in/a.csv", parts[0]], function.Objects.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Memory_stays_flat_and_the_rows_are_those_of_Pythons_csv()
    {
        using var folder = new TempFolder();
        (await Cli.PythonAsync(
            $"""
            import csv, json
            with open('{folder["a.csv"]}', 'w', newline='') as f, open('{folder["a.jsonl"]}', 'w') as g:
                w = csv.writer(f); w.writerow(['id', 'text', 'note'])
                for i in range(1000000):
                    row = [str(i), 'quote " and, comma', 'line\nend' if i % 7 == 0 else 'Zürich and some more text to make it long']
                    w.writerow(row); g.write(json.dumps(dict(zip(['id', 'text', 'note'], row)), ensure_ascii=False, separators=(',', ':')) + '\n')
            """,
            new Dictionary<string, string>())).Expect();
        await using var function = await FunctionProcess.StartAsync("transform", ("TRANSFORM", "output: {format: jsonl}"));
        function.Objects["/in/a.csv"] = new(await File.ReadAllBytesAsync(folder["a.csv"]));
        (await function.InvokeForAsync("in", "a.csv")).Expect(succeeded: true);
        var expected = await File.ReadAllBytesAsync(folder["a.jsonl"]);
        Assert.True(function.Objects["/in/transformed/a.csv.jsonl"].Bytes.SequenceEqual(expected));
        Assert.InRange(function.PeakMemoryBytes, 0, 80 * 1024 * 1024);
    }

    [Theory]
    [InlineData("jsonl", "\n")] // becomes two bytes
    [InlineData("csv", "\"\"")]
    public async Task A_record_of_thirty_megabytes_takes_no_more_than_a_few_times_its_size(string format, string sign)
    {
        await using var function = await FunctionProcess.StartAsync("transform", ("TRANSFORM", $"output: {{format: {format}}}"));
        var field = new StringBuilder().Insert(0, sign, 30_000_000 / sign.Length).ToString();
        function.Objects["/in/a.csv"] = new(Encoding.ASCII.GetBytes($"a,b\n1,\"{field}\"\n"));
        var answer = (await function.InvokeForAsync("in", "a.csv")).Expect(succeeded: true).Json.GetProperty("objects")[0];
        Assert.Equal(1, answer.GetProperty("records").GetInt32());
        Assert.InRange(function.PeakMemoryBytes, 0, 256 * 1024 * 1024);
    }

    [Fact]
    public async Task A_pipeline_that_cannot_be_carried_out_is_the_init_error()
    {
        await using var function = await FunctionProcess.StartAsync("transform", ("TRANSFORM", "steps: [{filter: a >}]"));
        var error = await function.InitError.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(("SettingsException", "TRANSFORM: in 'a >', at character 4: something is missing at the end"), (error.ErrorType, error.ErrorMessage));
    }

    private static async Task<string> UnpackAsync(byte[] gzip)
    {
        using var text = new StreamReader(new System.IO.Compression.GZipStream(new MemoryStream(gzip), System.IO.Compression.CompressionMode.Decompress));
        return await text.ReadToEndAsync();
    }
}
