using System.Globalization;
using Glue.Foundation.Signing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>
/// Random methods, paths, headers and bodies on both ports of a real <c>glue up</c>, signed well, badly and not at all: no 5xx but the documented
/// 501 and 503, no hang, no crash, and no growth beyond a bounded heap. The seed is printed: <c>GLUE_SEED</c> makes the same calls with the same numbers again
/// (what they meet depends on which of those under way at once come first); <c>GLUE_FUZZ_SECONDS</c> is for another time than 60 s (the store half as long).
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    // Of the whole stack, which has some 20 MiB alive: each round's deployments are deleted after it. Resident memory would tell nothing, it is mostly garbage
    // not collected yet; a leak of a few KiB per request fills this and ends in a 500 or with the process. Three quarters of it are also what a worker takes for
    // the machine's memory, and the function has 256 MB.
    private const int HeapMiB = 400;
    private const int Rounds = 6;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("GLUE_FUZZ_SECONDS") ?? "60", CultureInfo.InvariantCulture));

    [Fact]
    public async Task Both_ports_refuse_nonsense_and_go_on()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("GLUE_SEED") ?? Random.Shared.Next().ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        using var folder = new TempFolder();
        await using var stack = await Stack.StartWithinAsync(HeapMiB, folder["data"]);
        var told = new List<string> { $"GLUE_SEED={seed}" };
        try
        {
            await FuzzAsync(stack, seed, told);
        }
        catch (Exception e)
        {
            // Of a long log only the first lines of the message and of the output may be seen: what failed comes before what went well.
            var call = (e as FuzzException)?.Call;
            told.InsertRange(0, call is null ? [] : ["The call, to be sent again (base64 -d | gunzip):", .. call.Whole, ""]);
            var what = call is null ? $"GLUE_SEED={seed}: {e.GetType().Name}: {e.Message}" : e.Message;
            throw new XunitException(string.Join('\n', [what, "The host's log, newest first:", .. HostLog.Last(stack.Process.Log)]), call is null ? e : null);
        }
        finally
        {
            output.WriteLine(string.Join('\n', told));
        }
    }

    private static async Task FuzzAsync(Stack stack, int seed, List<string> told)
    {
        using var s3 = stack.Sdk();
        await s3.PutBucketAsync("fuzz");
        var zip = Zip.Of("app.py", "def handler(event, context): return event");
        await stack.Lambda.CreateAsync("fuzz", "python3.11", "app.handler", zip);
        var key = new Credential(stack.Process.AccessKey, stack.Process.SecretKey, "000000000000", "root");
        using var lambda = new Fuzzer(stack.Process.Api, "lambda", key, FuzzCalls.Lambda(Convert.ToBase64String(zip)), seed, fuzzer: 0);
        using var logs = new Fuzzer(stack.Process.Api, "logs", key, FuzzCalls.Logs, seed, fuzzer: 1);
        using var store = new Fuzzer(stack.Process.S3, "s3", key, FuzzCalls.Store, seed, fuzzer: 2);
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(lambda.RunAsync(Time / Rounds), logs.RunAsync(Time / Rounds / 4), store.RunAsync(Time / Rounds / 2));
            told.Add($"round {round}: resident {stack.Process.ResidentBytes >> 20} MiB, managed heap {await HeapMiBAsync(stack)} MiB; deployed: {await Deployments.DeleteAsync(stack.Lambda, "fuzz")}");
        }

        foreach (var (name, fuzzer) in new[] { ("lambda", lambda), ("logs", logs), ("s3", store) })
        {
            told.Add($"{name}: {string.Join(", ", fuzzer.Answers.Select(static answer => $"{answer.Value} × {answer.Key}"))}");
            Assert.True(fuzzer.Answers.Keys.Any(static status => status < 300), $"nothing that went to {name} was ever good: the calls have lost touch with the API");
        }

        // And everything is as it was.
        await stack.Lambda.CreateAsync("after", "python3.11", "app.handler", zip);
        Assert.Null((await stack.Lambda.InvokeAsync("after")).Error);
        await s3.PutBucketAsync("after");
        await s3.PutObjectAsync(new() { BucketName = "after", Key = "k", ContentBody = "v" });
    }

    /// <summary>After the last collection of whatever generation.</summary>
    private static async Task<long> HeapMiBAsync(Stack stack)
    {
        using var response = await stack.Lambda.SendAsync(HttpMethod.Get, "/metrics", body: null);
        return (await response.Content.ReadAsStringAsync()).Split('\n').Where(static line => line.StartsWith("dotnet_gc_last_collection_heap_size_bytes{", StringComparison.Ordinal))
            .Sum(static line => (long)double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)) >> 20;
    }
}
