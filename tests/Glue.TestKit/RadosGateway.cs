using System.Globalization;

namespace Glue.TestKit;

/// <summary>
/// A real Ceph: a monitor, a store in memory and a RADOS Gateway, out of the distribution's packages, on free ports and a folder of its own
/// (<c>tests/rgw/up</c>, which takes about 2 s and 150 MB).
/// </summary>
public sealed class RadosGateway : IAsyncDisposable
{
    public const string AccessKey = "glueadmin";
    public const string SecretKey = "gluesecret123";

    private readonly TempFolder _folder = new();

    private RadosGateway()
    {
    }

    public required string Endpoint { get; init; }

    public static async Task<RadosGateway> StartAsync()
    {
        var (port, monitorPort) = (Ports.Free(), Ports.Free());
        var ceph = new RadosGateway { Endpoint = $"http://127.0.0.1:{port}" };
        try
        {
            (await Cli.RunAsync("bash", [Repository.Path("tests/rgw/up"), ceph._folder["ceph"]], new Dictionary<string, string>
            {
                ["RGW_PORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["RGW_MON_PORT"] = monitorPort.ToString(CultureInfo.InvariantCulture),
                ["RGW_OSD_PORT"] = Random.Shared.Next(20_000, 30_000).ToString(CultureInfo.InvariantCulture), // the first of 40 that it tries
                ["RGW_ACCESS_KEY"] = AccessKey,
                ["RGW_SECRET_KEY"] = SecretKey,
            }, limit: TimeSpan.FromMinutes(3))).Expect();
            return ceph;
        }
        catch
        {
            await ceph.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        (await Cli.RunAsync("bash", [Repository.Path("tests/rgw/down"), _folder["ceph"]])).Expect();
        _folder.Dispose();
    }
}
