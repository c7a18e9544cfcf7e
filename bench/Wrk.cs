using System.Diagnostics;
using System.Globalization;

namespace Glue.Bench;

/// <summary>One figure row of wrk (https://github.com/wg/wrk): latencies in milliseconds.</summary>
internal sealed record WrkResult(double P50, double P99, double PerSecond, long Errors);

/// <summary>Runs wrk with one constant request, as a fast client would send it again and again.</summary>
internal static class Wrk
{
    public static async Task<WrkResult> RunAsync(
        Uri url, string method, IReadOnlyDictionary<string, string> headers, string body, int connections, TimeSpan duration)
    {
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, Script(method, headers, body));
            using var process = Process.Start(new ProcessStartInfo("wrk",
                ["-t1", $"-c{connections}", $"-d{duration.TotalSeconds:0}s", "--timeout", "10s", "-s", script, url.ToString()])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            var fields = output.Split('\n').FirstOrDefault(static line => line.StartsWith("RESULT ", StringComparison.Ordinal))?.Split(' ')
                ?? throw new InvalidOperationException($"wrk printed no result:\n{output}\n{await error}");
            return new WrkResult(Number(fields[1]) / 1000, Number(fields[2]) / 1000, Number(fields[3]), (long)Number(fields[4]));
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Script(string method, IReadOnlyDictionary<string, string> headers, string body) => $"""
        wrk.method = "{method}"
        wrk.body = [==[{body}]==]
        {string.Join('\n', headers.Select(static header => $"wrk.headers[\"{header.Key}\"] = [==[{header.Value}]==]"))}
        done = function(summary, latency, requests)
          local e = summary.errors
          io.write(string.format("RESULT %f %f %f %d\n", latency:percentile(50), latency:percentile(99),
            summary.requests / summary.duration * 1e6, e.connect + e.read + e.write + e.status + e.timeout))
        end
        """;
}
