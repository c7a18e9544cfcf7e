namespace Glue.Functions.Transform.Tests;

public sealed class StepTests
{
    private const string People = "id,name,mail,born\n1,Ann,ann@x.org,31.12.1999\n2,Bob,bob@x.org,01.02.2000\n";

    [Fact]
    public void Steps_follow_one_another() => Assert.Equal(
        "{\"id\":2,\"who\":\"Bob\",\"born\":\"2000-02-01\",\"label\":\"BOB (2)\"}\n",
        Transforming.Text(
            """
            steps:
              - cast: {id: integer, born: date(dd.MM.yyyy)}
              - filter: id > 1 and name in ('Ann', 'Bob')
              - rename: {name: who}
              - derive: {label: "upper(who) || ' (' || id || ')'"}
              - drop: [mail]
            """,
            People));

    [Fact]
    public void The_same_pipeline_may_be_JSON() => Assert.Equal(
        "{\"name\":\"Ann\"}\n", Transforming.Text("""{"steps": [{"select": ["name"]}, {"filter": "name = 'Ann'"}]}""", People));

    [Fact]
    public void Select_orders_columns_and_a_missing_one_is_null() =>
        Assert.Equal("{\"b\":2,\"c\":null}\n", Transforming.Text("steps: [{select: [b, c]}]", "{\"a\":1,\"b\":2}\n", "in.jsonl"));

    [Fact]
    public void A_pseudonym_is_the_same_for_the_same_value_and_no_plain_hash()
    {
        var lines = Transforming.Text("steps: [{pseudonymise: [a]}, {hash: [b]}]", "a,b\nx,x\nx,x\n").Split('\n');
        Assert.Equal(lines[0], lines[1]);
        Assert.Contains("\"b\":\"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\"", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("\"a\":\"2d711642", lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("pseudonymise")]
    public void A_record_without_the_column_that_shall_be_hidden_is_rejected(string step) =>
        Assert.Equal(["there is no column 'mial'", "there is no column 'mial'"], Transforming.Reasons($"steps: [{{{step}: [mial]}}]", System.Text.Encoding.UTF8.GetBytes(People)));

    [Fact]
    public void A_column_that_may_be_missing_is_made_null_before_it_is_hidden() => Assert.Equal(
        "{\"id\":1,\"mail\":null}\n", Transforming.Text("steps: [{derive: {mail: mail}}, {hash: [mail]}]", "{\"id\":1}", "in.jsonl"));

    [Theory]
    [InlineData("datetime", "2026-02-01 12:30", "2026-02-01T12:30:00Z")]
    [InlineData("datetime", "1 Feb 2026 12:30:45.5 +02:00", "2026-02-01T10:30:45.5Z")]
    [InlineData("datetime", "2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00Z")]
    [InlineData("datetime(yyyyMMdd'T'HHmmsszzz)", "20260201T123000+01:00", "2026-02-01T11:30:00Z")]
    [InlineData("date(d.M.yy)", "1.2.26", "2026-02-01")]
    [InlineData("date(yyyy-MM)", "2026-02", "2026-02-01")]
    public void Dates_are_written_as_ISO_8601(string type, string text, string result) => Assert.Equal(
        $"{{\"a\":\"{result}\"}}\n", Transforming.Text(System.Text.Json.JsonSerializer.Serialize(new { steps = new[] { new { cast = new { a = type } } } }), $"a\n{text}\n"));

    [Theory]
    [InlineData("12:30")]
    [InlineData("1 Feb")]
    public void A_time_without_its_year_is_rejected_rather_than_dated_today(string text) => Assert.Equal(
        [$"column 'a': '{text}' is a time without a year of four digits; datetime(FORMAT) says how it is to be read"],
        Transforming.Reasons("steps: [{cast: {a: datetime}}]", System.Text.Encoding.UTF8.GetBytes($"a\n{text}\n")));

    [Theory]
    [InlineData("date(dd.MM)")]
    [InlineData("datetime(HH:mm)")]
    [InlineData("date(%)")]
    [InlineData("date()")]
    [InlineData("date(M)")]
    public void A_format_without_a_year_is_refused_at_once(string type) =>
        Assert.Contains("is no format of a date with its year", Transforming.Refused(System.Text.Json.JsonSerializer.Serialize(new { steps = new[] { new { cast = new { a = type } } } })).Message, StringComparison.Ordinal);

    [Fact]
    public void Bad_records_are_put_aside_with_line_and_reason_and_the_others_go_on()
    {
        var results = Transforming.Bytes(
            "{steps: [{cast: {n: integer}}], output: {format: csv}}",
            "n,m\n1,a\nx,b\n3\n\"4\"5,c\n\"6\n\",d\n\xFF,e\n7,f\n"u8.ToArray().Select(static b => b).ToArray(), "in.csv");
        Assert.Equal("n,m\n1,a\n6,d\n7,f\n", System.Text.Encoding.UTF8.GetString(results["in.csv"]).Replace("\"6\n\"", "6", StringComparison.Ordinal));
        var rejects = System.Text.Encoding.UTF8.GetString(results["in.csv.rejects.jsonl"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("""{"line":3,"reason":"column 'n': 'x' is not a number","record":"x,b"}""", rejects[0]);
        Assert.Equal("""{"line":4,"reason":"it has 1 fields, the header has 2","record":"3"}""", rejects[1]);
        Assert.Equal("""{"line":5,"reason":"field 1 goes on behind its closing quote","record":"\"4\"5,c"}""", rejects[2]);
    }

    [Fact]
    public void More_rejects_than_allowed_fail_the_run()
    {
        var e = Assert.Throws<Output.TooManyRejectsException>(() => Transforming.Text("{steps: [{cast: {n: integer}}], rejects: {limit: 1}}", "n\nx\ny\nz\n"));
        Assert.Equal("more than 1 records cannot be transformed; this one is in line 3: column 'n': 'y' is not a number. Nothing was kept; rejects.limit of the pipeline says how many may be", e.Message);
    }

    [Theory]
    [InlineData("steps: [{filtre: x}]", "TRANSFORM: steps[1].filtre: there is no such step; there are select, drop, rename, cast, filter, derive, hash and pseudonymise")]
    [InlineData("outputs: {}", "TRANSFORM: the pipeline has 'outputs', which is not known; it can have input, steps, output, rejects")]
    [InlineData("output: {format: xml}", "TRANSFORM: there is no format 'xml'; there are csv, json, jsonl and text")]
    [InlineData("steps: [{cast: {a: int}}]", "TRANSFORM: 'int' is no type; there are integer, number, boolean, text, date, date(FORMAT), datetime, datetime(FORMAT) or json")]
    [InlineData("steps: [{filter: a >}]", "TRANSFORM: in 'a >', at character 4: something is missing at the end")]
    [InlineData("steps: [{pseudonymise: [a]}]", "TRANSFORM: steps[1].pseudonymise needs a secret of at least 16 characters in PSEUDONYM_KEY")]
    [InlineData("steps: []\nsteps: []", "TRANSFORM: line 2, column 1: 'steps' is there twice")]
    [InlineData("steps: [{select: [a, b, a]}]", "TRANSFORM: steps[1].select names 'a' twice")]
    [InlineData("steps: [{derive: {a: 1, a: 2}}]", "TRANSFORM: line 1, column 25: 'a' is there twice")]
    [InlineData("steps: [{rename: {a: x, a: y}}]", "TRANSFORM: line 1, column 25: 'a' is there twice")]
    [InlineData("steps: [{rename: {a: x, b: x}}]", "TRANSFORM: steps[1].rename names 'x' twice")]
    [InlineData("steps: []\n---\nsteps: []", "TRANSFORM: line 2, column 1: a second document begins; a pipeline is one")]
    [InlineData("? [a]\n: b", "TRANSFORM: line 1, column 3: a name is a plain text")]
    [InlineData("steps: &x []", "TRANSFORM: line 1, column 8: anchors (&x) are not taken")]
    [InlineData("steps: !!seq []", "TRANSFORM: line 1, column 8: tags (tag:yaml.org,2002:seq) are not taken")]
    [InlineData("input: {charset: utf-7}", "TRANSFORM: there is no charset 'utf-7'; write utf-8, windows-1252, iso-8859-15, utf-16, shift_jis or the like")]
    [InlineData("input: {charset: klingon}", "TRANSFORM: there is no charset 'klingon'; write utf-8, windows-1252, iso-8859-15, utf-16, shift_jis or the like")]
    public void A_pipeline_that_cannot_be_carried_out_is_refused_at_once(string pipeline, string message) =>
        Assert.Equal(message, Transforming.Refused(pipeline).Message);

    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_pipeline_that_is_nested_too_deep_says_so(int levels) =>
        Assert.Contains("there are more than 32 levels", Transforming.Refused(new string('[', levels) + new string(']', levels)).Message, StringComparison.Ordinal);

    [Fact]
    public void YAML_that_is_none_says_where() => Assert.Matches("^TRANSFORM: line [0-9]+, column [0-9]+: ", Transforming.Refused("steps: [").Message);
}
