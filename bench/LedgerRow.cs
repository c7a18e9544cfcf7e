using System.Text.Json;

namespace Glue.Bench;

/// <summary>What a bench needs of one row of the ledger.</summary>
internal sealed record LedgerRow(string Key, string State, DateTimeOffset FinishedAt, double DurationMs)
{
    /// <summary>All rows: the listing is cut at 1000, so it is read by bucket prefix of what a bench puts.</summary>
    public static async Task<List<LedgerRow>> ReadAllAsync(LambdaCalls lambda)
    {
        var rows = new Dictionary<string, LedgerRow>(StringComparer.Ordinal);
        string? before = null;
        while (true)
        {
            var page = await lambda.SendAsync(HttpMethod.Get, "/glue/v1/invocations?limit=1000" + (before is null ? "" : "&before=" + Uri.EscapeDataString(before)));
            using var json = JsonDocument.Parse(page);
            foreach (var row in json.RootElement.GetProperty("invocations").EnumerateArray())
            {
                rows[row.GetProperty("id").GetString()!] = new LedgerRow(
                    row.GetProperty("source").TryGetProperty("key", out var key) ? key.GetString()! : "",
                    row.GetProperty("state").GetString()!,
                    row.TryGetProperty("finishedAt", out var finished) ? finished.GetDateTimeOffset() : default,
                    row.TryGetProperty("durationMs", out var duration) ? duration.GetDouble() : 0);
            }

            if (!json.RootElement.TryGetProperty("next", out var next))
            {
                return [.. rows.Values];
            }

            before = next.GetString();
        }
    }
}
