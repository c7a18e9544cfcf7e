using System.IO.Compression;
using System.Text;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>Zips that must not be kept, at each of the three doors they may come in by; what is wrong with each kind is DeploymentZipTests'.</summary>
public sealed class BadZipTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int UnixLink = unchecked((int)0xA1FF0000);

    private static readonly Dictionary<string, Func<byte[]>> Bad = new()
    {
        ["no zip"] = () => Encoding.UTF8.GetBytes("not a zip"),
        ["truncated"] = () => Zip.Of(("bootstrap", new string('x', 100_000)))[..^30],
        ["empty"] = () => Zip.Of(),
        ["absolute path"] = () => Zip.Of(("/etc/passwd", "x")),
        ["dots"] = () => Zip.Of(("a/../../x", "x")),
        ["twice"] = () => Zip.Of(("bootstrap", "1"), ("bootstrap", "2")),
        ["link leading out"] = () => Of(archive => Write(archive, "link", "../../etc/passwd", UnixLink)),
        ["100,000 files"] = () => Of(static archive =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                archive.CreateEntry($"f{i}", CompressionLevel.NoCompression);
            }
        }),
        ["bomb"] = () => Of(static archive =>
        {
            using var zeros = archive.CreateEntry("zeros", CompressionLevel.Fastest).Open();
            var megabyte = new byte[1024 * 1024];
            for (var i = 0; i < 260; i++)
            {
                zeros.Write(megabyte);
            }
        }),
    };

    public static TheoryData<string> Kinds() => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_bad_zip_is_refused_at_every_door_and_leaves_nothing_behind(string kind)
    {
        var (server, zip, name) = (shared.Server, Bad[kind](), "bad-" + Guid.NewGuid().ToString("N"));
        foreach (var answer in new[]
        {
            await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions", DispatcherServer.NewFunction(name, zip)),
            await server.SendAsync(HttpMethod.Put, "/2015-03-31/functions/fixed/code", new { ZipFile = zip }),
            await server.SendAsync(HttpMethod.Put, "/2015-03-31/functions/fixed/code", new { ZipFile = zip, DryRun = true }),
            await server.SendAsync(HttpMethod.Post, $"/2018-10-31/layers/{name}/versions", new { Content = new { ZipFile = zip } }),
        })
        {
            Assert.True((answer.Status, answer.ErrorType) == (400, "InvalidParameterValueException"), $"{kind}: {answer.Status} {answer.ErrorType} {answer.Text}");
        }

        (await server.SendAsync(HttpMethod.Get, "/2015-03-31/functions/" + name)).ExpectError(404, "ResourceNotFoundException");
        Assert.Empty((await server.SendAsync(HttpMethod.Get, $"/2018-10-31/layers/{name}/versions")).Json.GetProperty("LayerVersions").EnumerateArray());
    }

    private static byte[] Of(Action<ZipArchive> fill)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            fill(archive);
        }

        return memory.ToArray();
    }

    private static void Write(ZipArchive archive, string name, string content, int attributes)
    {
        var entry = archive.CreateEntry(name);
        entry.ExternalAttributes = attributes;
        using var stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(content));
    }
}
