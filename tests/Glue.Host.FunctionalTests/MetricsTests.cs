using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>GET /metrics, read by the Prometheus project's own parser.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class MetricsTests(SharedStack shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Metrics_count_what_went_through_each_part_in_the_text_format_of_Prometheus()
    {
        await _stack.Lambda.CreateAsync("counted", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): return 1"));
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("counted");
        await _stack.AddRuleAsync("counted", "counted");
        var before = await MetricsAsync();

        for (var i = 0; i < 3; i++)
        {
            await s3.PutObjectAsync(new() { BucketName = "counted", Key = $"{i}", ContentBody = "x" });
        }

        await _stack.SettledAsync("counted", key: null, count: 3);
        var after = await MetricsAsync();

        // Other classes do not run meanwhile (one collection), so each part has moved by exactly the three.
        Assert.Equal(3, after["glue_storage_events_intake_records_total"]!.GetValue<double>() - Of(before, "glue_storage_events_intake_records_total"));
        Assert.Equal(3, after["glue_dispatcher_queue_enqueued_total"]!.GetValue<double>() - Of(before, "glue_dispatcher_queue_enqueued_total"));
        Assert.Equal(3, Of(after, "glue_dispatcher_invocation_attempts_total{outcome=succeeded}") - Of(before, "glue_dispatcher_invocation_attempts_total{outcome=succeeded}"));
        Assert.Equal(3, Of(after, "glue_dispatcher_invocation_run_duration_seconds_count{outcome=succeeded}") - Of(before, "glue_dispatcher_invocation_run_duration_seconds_count{outcome=succeeded}"));
        Assert.Equal(
            Of(after, "glue_dispatcher_invocation_run_duration_seconds_count{outcome=succeeded}"),
            Of(after, "glue_dispatcher_invocation_run_duration_seconds_bucket{outcome=succeeded,le=+Inf}"));
        Assert.True(Of(after, "glue_workers_sandboxes{worker=local}") >= 1, after.ToJsonString());
        Assert.True(Of(after, "dotnet_process_memory_working_set_bytes") > 10_000_000, after.ToJsonString());
    }

    private static double Of(JsonNode metrics, string name) => metrics[name]?.GetValue<double>() ?? 0;

    /// <summary>Every sample by its name and labels, as the official parser reads them; it throws on what is not the format.</summary>
    private async Task<JsonNode> MetricsAsync()
    {
        var read = await Cli.PythonAsync("""
            import json, os, urllib.request
            from prometheus_client.parser import text_string_to_metric_families
            samples = {}
            for family in text_string_to_metric_families(urllib.request.urlopen(os.environ['METRICS']).read().decode()):
                for s in family.samples:
                    labels = ','.join(f'{k}={v}' for k, v in s.labels.items())
                    name = s.name + ('{' + labels + '}' if labels else '')
                    assert name not in samples, name
                    samples[name] = s.value
            print(json.dumps(samples))
            """, new Dictionary<string, string> { ["METRICS"] = _stack.Process.Api + "/metrics" });
        return JsonNode.Parse(read.Expect())!;
    }
}
