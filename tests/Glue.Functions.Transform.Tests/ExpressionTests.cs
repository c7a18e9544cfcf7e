namespace Glue.Functions.Transform.Tests;

/// <summary>The language of docs/transform.md.</summary>
public sealed class ExpressionTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3 % 5", "4")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("-a + 1", "-6")]
    [InlineData("a * f", "17.5")]
    [InlineData("n + 1", "null")]
    [InlineData("'3' + '4'", "7")]
    [InlineData("b || '-' || a", "\"text-7\"")]
    [InlineData("`two words`", "\"x\"")]
    [InlineData("'it''s'", "\"it's\"")]
    [InlineData("missing", "null")]
    [InlineData("a > 5 and not b = 'x' or false", "true")]
    [InlineData("(a > 5) = true", "true")]
    [InlineData("n = null", "true")]
    [InlineData("n > 1", "false")]
    [InlineData("a = '7.0'", "true")]
    [InlineData("b = 7", "false")]
    [InlineData("b <> 'text'", "false")]
    [InlineData("a in (1, 7)", "true")]
    [InlineData("if(a > 5, 'big', 1 / 0)", "\"big\"")]
    [InlineData("coalesce(n, missing, b)", "\"text\"")]
    [InlineData("substr(b, 2, 2)", "\"ex\"")]
    [InlineData("length('Zürich 🐱')", "8")]
    [InlineData("upper('grün')", "\"GRÜN\"")]
    [InlineData("split('a/b/c', '/', 2)", "\"b\"")]
    [InlineData("replace(b, 't', 'T')", "\"TexT\"")]
    [InlineData("round(2.345, 2)", "2.35")]
    [InlineData("round(1250, -2)", "1300")]
    [InlineData("round(-1250, -2)", "-1300")]
    [InlineData("round(1249.9, -2)", "1200")]
    [InlineData("round(9007199254740993)", "9007199254740993")]
    [InlineData("round(9007199254740993, 2)", "9007199254740993")]
    [InlineData("round(7, -30)", "0")]
    [InlineData("abs(-9007199254740993)", "9007199254740993")]
    [InlineData("floor('9007199254740993') + ceil(9007199254740993)", "18014398509481986")]
    [InlineData("substr('😀xyz', 2)", "\"xyz\"")]
    [InlineData("substr('a😀😀z', 2, 2)", "\"😀😀\"")]
    [InlineData("substr('abc', 0)", "\"abc\"")]
    [InlineData("substr('abc', 9, 9)", "\"\"")]
    [InlineData("floor(-2.5)", "-3")]
    [InlineData("max(1, a, n, 3)", "7")]
    [InlineData("contains(b, 'ex') and startswith(b, 't') and endswith(b, 'xt')", "true")]
    [InlineData("isempty('') and isnull(n)", "true")]
    [InlineData("text(a) || ''", "\"7\"")]
    public void An_expression_has_the_documented_value(string expression, string json) => Assert.Equal(json, Transforming.Value(expression));

    [Theory]
    [InlineData("b + 1", "'text' is not a number")]
    [InlineData("1 % 0", "the result is not a number (division by zero)")]
    [InlineData("1 / 0", "the result is not a number (division by zero, or too large)")]
    [InlineData("9223372036854775807 + 1", "9223372036854775807 + 1 is too large")]
    [InlineData("integer('1.5')", "'1.5' is not a whole number")]
    [InlineData("integer('12345678901234567890')", "'12345678901234567890' is too large for a whole number of 64 bits")]
    [InlineData("'12345678901234567890' + 1", "'12345678901234567890' is too large for a whole number of 64 bits")]
    [InlineData("round(9223372036854775807, -3)", "9223372036854775807 rounded to -3 digits is too large")]
    [InlineData("abs(-9223372036854775807 - 1)", "the absolute value of -9223372036854775808 is too large")]
    [InlineData("not b", "'text' is neither true nor false")]
    public void A_value_that_does_not_fit_rejects_the_record(string expression, string reason)
    {
        var pipeline = System.Text.Json.JsonSerializer.Serialize(new { steps = new object[] { new { derive = new { x = expression } } } });
        var rejects = Transforming.Bytes(pipeline, """{"b":"text"}"""u8.ToArray(), "in.jsonl")["in.jsonl.rejects.jsonl"];
        Assert.Equal(reason, System.Text.Json.JsonDocument.Parse(rejects).RootElement.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("1 +", "something is missing at the end")]
    [InlineData("(1", "a ')' is missing at the end")]
    [InlineData("1 2", "'2' was not expected here")]
    [InlineData("sqrt(1)", "there is no function 'sqrt'; there are abs, ceil,")]
    [InlineData("upper()", "upper takes 1 values, not 0")]
    [InlineData("'x", "this ' is not closed")]
    [InlineData("9223372036854775808", "'9223372036854775808' is too large for a whole number of 64 bits")]
    [InlineData("1e", "'1e' is not a number")]
    [InlineData("and", "a column of that name is written `and`")]
    public void What_cannot_be_read_is_refused_with_its_place(string expression, string reason) =>
        Assert.Contains(reason, Assert.Throws<Expressions.ExpressionException>(() => Expressions.ExpressionParser.Parse(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void No_expression_is_too_deep_for_the_stack() =>
        Assert.Contains("levels of brackets", Assert.Throws<Expressions.ExpressionException>(() => Expressions.ExpressionParser.Parse(new string('(', 5000))).Message, StringComparison.Ordinal);

    [Fact]
    public void Random_texts_are_read_or_refused_never_anything_else()
    {
        string[] parts = ["a", "1", "'x'", "(", ")", "+", "-", "and", "not", "in", ",", "||", "upper", "if", "`", "\"", ".", "<", "=", "é", "null", " "];
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)] + " "));
            try
            {
                Expressions.ExpressionParser.Parse(text).Evaluate(new Records.Record());
            }
            catch (Exception e) when (e is Expressions.ExpressionException or Records.RecordException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }
}
