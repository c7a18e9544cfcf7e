using System.Text;
using Glue.FunctionLogs.Filtering;

namespace Glue.FunctionLogs.Tests;

/// <summary>CloudWatch Logs' filter patterns, and which of them are refused.</summary>
public sealed class FilterPatternTests
{
    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("  ", "anything", true)]
    [InlineData("ERROR", "an ERROR here", true)]
    [InlineData("ERROR", "an error here", false)] // case matters
    [InlineData("ERROR timeout", "timeout: ERROR", true)] // all terms, in any order
    [InlineData("ERROR timeout", "ERROR", false)]
    [InlineData("\"two words\"", "with two words in it", true)]
    [InlineData("\"two words\"", "two other words", false)]
    [InlineData("\"a \\\"quote\\\"\"", "said a \"quote\" there", true)]
    [InlineData("ERROR -timeout", "ERROR", true)]
    [InlineData("ERROR -timeout", "ERROR timeout", false)]
    [InlineData("-\"two words\"", "two words", false)]
    [InlineData("?ERROR ?WARN", "a WARN", true)]
    [InlineData("?ERROR ?WARN", "an INFO", false)]
    [InlineData("INFO ?ERROR ?WARN", "an INFO", true)] // as at AWS, other terms make ?terms count for nothing
    [InlineData("größe", "eine größe", true)]
    public void Terms(string pattern, string line, bool matches) => Assert.Equal(matches, Matches(pattern, line));

    [Theory]
    [InlineData("{ $.level = \"ERROR\" }", true)]
    [InlineData("{ $.level = ERROR }", true)]
    [InlineData("{$.level=\"INFO\"}", false)]
    [InlineData("{ $.level != \"INFO\" }", true)]
    [InlineData("{ $.absent != \"INFO\" }", false)]
    [InlineData("{ $.level = \"ERR*\" }", true)]
    [InlineData("{ $.message = \"*is*full\" }", true)]
    [InlineData("{ $.message = \"disk*disk\" }", false)]
    [InlineData("{ $.status = 503 }", true)]
    [InlineData("{ $.status >= 500 && $.status < 600 }", true)]
    [InlineData("{ $.status > 503 || $.level = \"ERROR\" }", true)]
    [InlineData("{ $.status = 1 && $.status = 2 || $.status = 503 }", true)]
    [InlineData("{ $.status = 503 && ($.level = \"INFO\" || $.level = \"WARN\") }", false)]
    [InlineData("{ $.user.name = \"ann\" }", true)]
    [InlineData("{ $.tags[1] = \"b\" }", true)]
    [InlineData("{ $.tags[7] = \"b\" }", false)]
    [InlineData("{ $.[\"odd name\"] = 1 }", false)]
    [InlineData("{ $[\"odd name\"] = 1 }", true)]
    [InlineData("{ $.cause IS NULL }", true)]
    [InlineData("{ $.level IS NULL }", false)]
    [InlineData("{ $.retry IS TRUE }", true)]
    [InlineData("{ $.retry IS FALSE }", false)]
    [InlineData("{ $.absent NOT EXISTS }", true)]
    [InlineData("{ $.cause NOT EXISTS }", false)]
    public void Conditions_on_JSON_lines(string pattern, bool matches)
    {
        const string line = """
            {"level":"ERROR","message":"disk is full","status":503,"user":{"name":"ann"},"tags":["a","b"],"cause":null,"retry":true,"odd name":1}
            """;
        if (pattern.Contains("$.[", StringComparison.Ordinal))
        {
            Assert.Throws<FilterPatternException>(() => Matches(pattern, line));
            return;
        }

        Assert.Equal(matches, Matches(pattern, line));
    }

    [Theory]
    [InlineData("not JSON: {\"level\":\"ERROR\"}")]
    [InlineData("{\"level\":\"ERROR\"")]
    [InlineData("{\"level\":\"ERROR\"} {\"level\":\"ERROR\"}")]
    [InlineData("{\"level\":")]
    [InlineData("[1]")]
    [InlineData("")]
    public void A_condition_never_matches_what_is_no_JSON_object(string line) => Assert.False(Matches("{ $.level = \"ERROR\" }", line));

    [Theory]
    [InlineData("[ip, user, status = 4*]", "not supported")]
    [InlineData("%ERROR [0-9]+%", "not supported")]
    [InlineData("{ $.a = %x% }", "not supported")]
    [InlineData("{ $.a[*] = 1 }", "not supported")]
    [InlineData("two:parts", "double quotes")]
    [InlineData("\"open", "not closed")]
    [InlineData("-", "Invalid")]
    [InlineData("{ $.a }", "Invalid")]
    [InlineData("{ $.a = }", "Invalid")]
    [InlineData("{ a = 1 }", "Invalid")]
    [InlineData("{ $.a = 1", "Invalid")]
    [InlineData("{ ($.a = 1 }", "Invalid")]
    [InlineData("{ $.a = 1 } more", "Invalid")]
    [InlineData("{ $.a > \"text\" }", "numbers")]
    public void What_cannot_be_read_or_is_not_supported_is_refused_with_the_reason(string pattern, string reason) =>
        Assert.Contains(reason, Assert.Throws<FilterPatternException>(() => FilterPattern.Parse(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pattern_of_brackets_does_not_use_up_the_stack() =>
        Assert.Throws<FilterPatternException>(() => FilterPattern.Parse("{" + new string('(', 1000)));

    private static bool Matches(string pattern, string line) => FilterPattern.Parse(pattern).Matches(Encoding.UTF8.GetBytes(line));
}
