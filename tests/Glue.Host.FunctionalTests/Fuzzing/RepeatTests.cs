using System.IO.Compression;
using System.Text;
using Glue.Foundation.Signing;

namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>A failure of the fuzz test can be sent again, by its seed in any process and by what it prints.</summary>
public sealed class RepeatTests
{
    private static readonly Credential Key = new("AKID", "secret", "000000000000", "root");

    [Theory]
    [InlineData(1, 0, 1, 1276260988)]
    [InlineData(1, 0, 2, -266578905)]
    [InlineData(1, 1, 1, -2021945724)]
    [InlineData(2, 0, 1, 2050077073)]
    public void A_seed_is_the_same_chance_in_every_process(int seed, int fuzzer, int number, int mixed) => Assert.Equal(mixed, Chance.Mixed(seed, fuzzer, number));

    [Fact]
    public async Task A_call_that_is_answered_500_is_told_as_it_went_out()
    {
        await using var host = new FakeHost("500 Internal Server Error", "oops");
        var failure = await FailureAsync(host, new FuzzCall("PUT", "/fuzz/key?tagging", new string('b', 5000), ("X-Amz-Target", "T")));

        var (head, body) = Unpack(failure.Call.Whole);
        var went = Assert.Single(host.Requests, request => request.StartsWith(head[0] + "\r\n", StringComparison.Ordinal) && request.EndsWith("\r\n\r\n" + body, StringComparison.Ordinal));
        Assert.All(head, line => Assert.Contains(line + "\r\n", went, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("X-Amz-Target: T", head);
        Assert.Equal(failure.Call.Signed != "not signed", head.Any(static line => line.StartsWith("Authorization: AWS4-HMAC-SHA256 ", StringComparison.OrdinalIgnoreCase)));
        Assert.Matches("^GLUE_SEED=7, call [0-9]+ of s3: answered 500 oops\n(not signed|signed well|signed with a wrong secret): [A-Z]+ /", failure.Message);
        Assert.Equal(4, failure.Message.Split('\n').Length);
    }

    [Fact]
    public async Task A_full_disk_is_told_as_such()
    {
        await using var host = new FakeHost("507 Insufficient Storage", "full");
        Assert.Contains("this machine's disk is full, for which no call is to blame: 507 full", (await FailureAsync(host, new FuzzCall("GET", "/"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_hosts_log_the_last_faults_are_shown_once_each()
    {
        var log = string.Join('\n', (string[])
        [
            "10:00:00.000 fail: A[1] the first", "10:00:00.001 info: B[2] nothing", .. Enumerable.Range(0, 50).Select(static i => $"10:00:01.{i:000} warn: C[3] again {i}"),
            "10:00:02.000 warn: D[2007] Invocation x dead-lettered after 3 attempts", "10:00:03.000 fail: E[4] " + new string('x', 1000), "10:00:04.000 warn: F[5] the last",
        ]);
        Assert.Equal(
            ["10:00:03.000 fail: E[4] xxxx", "10:00:00.000 fail: A[1] the ", "10:00:04.000 warn: F[5] the ", "10:00:01.049 warn: C[3] agai"],
            HostLog.Last(log).Select(static line => line[..28]));
    }

    private static async Task<FuzzException> FailureAsync(FakeHost host, FuzzCall call)
    {
        using var fuzzer = new Fuzzer(host.Endpoint, "s3", Key, [call], seed: 7, fuzzer: 0);
        return await Assert.ThrowsAsync<FuzzException>(() => fuzzer.RunAsync(TimeSpan.FromMinutes(1)));
    }

    private static (string[] Head, string Body) Unpack(IEnumerable<string> lines)
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(string.Concat(lines))), CompressionMode.Decompress);
        using var text = new StreamReader(gzip, Encoding.Latin1);
        return text.ReadToEnd().Split("\r\n\r\n", 2) is [var head, var body] ? (head.Split("\r\n"), body) : throw new InvalidDataException("no head");
    }
}
