using System.Diagnostics;
using System.Globalization;
using Glue.Foundation.Files;
using Glue.Foundation.Signing;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>
/// Puts and gets of 4 KB, 1 MB and 100 MB by 1 and 16 clients, beside plain files on the same disk: written alone, and written as
/// durably as the store does (file and folder fsynced). <c>GLUE_BENCH_OTHER_S3=http://KEY:SECRET@HOST:PORT</c> adds another S3 server.
/// </summary>
internal static class StoreBench
{
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(5);
    private static readonly (string Name, int Bytes)[] Sizes = [("4 KB", 4096), ("1 MB", 1 << 20), ("100 MB", 100 << 20)];

    public static async Task RunAsync()
    {
        using var folder = new TempFolder();
        await using var glue = await GlueProcess.StartAsync(folder["data"], "--driver", "process");
        using var store = new StoreCalls(new Uri(glue.S3), glue.AccessKey, glue.SecretKey);
        await store.PutAsync("bench", null, []);
        using var other = Other();
        if (other is not null)
        {
            await other.PutAsync("bench", null, []);
        }

        Console.WriteLine("| what | size | clients | per second | MB/s | p50 ms | p99 ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var (name, size) in Sizes)
        {
            var body = new byte[size];
            Random.Shared.NextBytes(body);
            foreach (var clients in new[] { 1, 16 })
            {
                Directory.CreateDirectory(folder["plain"]);
                await RowAsync("plain files", name, clients, size, (key, _) => Task.Run(() => Write(folder["plain"], key, body, durable: false)));
                await RowAsync("plain files, fsynced", name, clients, size, (key, _) => Task.Run(() => Write(folder["plain"], key, body, durable: true)));
                await RowAsync("plain files, read", name, clients, size, (_, round) => Task.Run(() => File.ReadAllBytes(Path.Combine(folder["plain"], "0-0"))));
                Directory.Delete(folder["plain"], recursive: true);
                await ServerAsync("glue", store, name, clients, size, body);
                if (other is not null)
                {
                    await ServerAsync("other S3 server", other, name, clients, size, body);
                }
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nresident memory of the stack afterwards: {glue.ResidentBytes / 1e6:0} MB"));
    }

    private static async Task ServerAsync(string who, StoreCalls server, string name, int clients, int size, byte[] body)
    {
        await RowAsync($"{who}, put", name, clients, size, (key, _) => server.PutAsync("bench", key, body));
        await RowAsync($"{who}, get", name, clients, size, (key, _) => server.GetAsync("bench", key[..key.IndexOf('-', StringComparison.Ordinal)] + "-0"));
    }

    private static StoreCalls? Other()
    {
        if (!Uri.TryCreate(Environment.GetEnvironmentVariable("GLUE_BENCH_OTHER_S3"), UriKind.Absolute, out var uri))
        {
            return null;
        }

        var keys = uri.UserInfo.Split(':');
        return new StoreCalls(new Uri(uri.GetLeftPart(UriPartial.Scheme) + uri.Authority[(uri.Authority.IndexOf('@', StringComparison.Ordinal) + 1)..]), keys[0], keys[1]);
    }

    private static async Task RowAsync(string what, string sizeName, int clients, int size, Func<string, int, Task> act)
    {
        var times = new List<double>[clients];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var own = times[client] = [];
            for (var round = 0; own.Count == 0 || Stopwatch.GetElapsedTime(started) < RunTime; round++)
            {
                var begun = Stopwatch.GetTimestamp();
                await act($"{client}-{(size > 1 << 20 ? 0 : round)}", round);
                own.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var all = times.SelectMany(static own => own).Order().ToList();
        var perSecond = all.Count / seconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {what} | {sizeName} | {clients} | {perSecond:0} | {perSecond * size / 1e6:0.0} | {all[all.Count / 2]:0.00} | {all[(int)(all.Count * 0.99)]:0.00} |"));
    }

    private static void Write(string folder, string key, byte[] body, bool durable)
    {
        using (var file = File.OpenHandle(Path.Combine(folder, key), FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, body, 0);
            if (durable)
            {
                RandomAccess.FlushToDisk(file);
            }
        }

        if (durable)
        {
            Folder.Sync(folder);
        }
    }
}
