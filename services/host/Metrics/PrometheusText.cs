using System.Globalization;
using System.Text;

namespace Glue.Host.Metrics;

/// <summary>Prometheus' text exposition format 0.0.4: names with underscores and base units, counters end in <c>_total</c>.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>GET /metrics. An instrument at a time: the whole text is hundreds of KiB once many routes and accounts have been seen.</summary>
    public static async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = ContentType;
        await using var answer = new StreamWriter(context.Response.Body, Utf8, leaveOpen: true);
        var text = new StringBuilder();
        foreach (var instrument in context.RequestServices.GetRequiredService<MetricsCollector>().Collect())
        {
            if (instrument.Series.Count > 0)
            {
                Write(text.Clear(), instrument);
                await answer.WriteAsync(text, context.RequestAborted);
            }
        }
    }

    private static void Write(StringBuilder text, InstrumentSeries instrument)
    {
        var name = NameOf(instrument);
        text.Append("# HELP ").Append(name).Append(' ').Append(instrument.Instrument.Description?.Replace("\n", " ", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(instrument.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        }).Append('\n');
        foreach (var series in instrument.Series)
        {
            Write(text, name, instrument.Kind, series);
        }
    }

    private static string NameOf(InstrumentSeries instrument)
    {
        var name = instrument.Instrument.Name.Replace('.', '_');
        name = name.StartsWith("dotnet_", StringComparison.Ordinal) ? name : "glue_" + name;
        name += instrument.Instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "MiBy.s" => "_mebibyte_seconds",
            _ => "", // {things}: the name says what is counted
        };
        return instrument.Kind == MetricKind.Counter ? name + "_total" : name;
    }

    private static void Write(StringBuilder text, string name, MetricKind kind, MetricSeries series)
    {
        var (sum, count, buckets) = series.Read();
        if (kind != MetricKind.Histogram)
        {
            Line(text, name, series.Tags, null, sum);
            return;
        }

        var below = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            var bound = i < MetricSeries.BucketBounds.Count ? Number(MetricSeries.BucketBounds[i]) : "+Inf";
            Line(text, name + "_bucket", series.Tags, bound, below);
        }

        Line(text, name + "_sum", series.Tags, null, sum);
        Line(text, name + "_count", series.Tags, null, count);
    }

    private static void Line(StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, object?>> tags, string? bound, double value)
    {
        text.Append(name);
        var separator = '{';
        foreach (var (key, tag) in tags)
        {
            Label(text, ref separator, key.Replace('.', '_'), Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "");
        }

        if (bound is not null)
        {
            Label(text, ref separator, "le", bound);
        }

        text.Append(separator == '{' ? " " : "} ").Append(Number(value)).Append('\n');
    }

    private static void Label(StringBuilder text, ref char separator, string key, string value)
    {
        text.Append(separator).Append(key).Append("=\"");
        text.Append(value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        text.Append('"');
        separator = ',';
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
