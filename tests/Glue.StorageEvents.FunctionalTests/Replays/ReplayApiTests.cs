using System.Net;
using System.Net.Sockets;
using System.Text;
using Glue.Foundation.Signing;
using Glue.StorageEvents.FunctionalTests.Intake;
using Glue.StorageEvents.Replays;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.FunctionalTests.Replays;

/// <summary>The API's border; what it does is tested with the host.</summary>
public sealed class ReplayApiTests
{
    [Fact]
    public async Task A_body_that_breaks_HTTPs_rules_is_refused_and_is_no_fault_in_the_log()
    {
        using var folder = new TempFolder();
        await using var storageEvents = await StorageEventsUnderTest.StartAsync(
            folder, new RecordingIntake(), change: static services => services.AddSingleton<ICredentialSource>(new NoKeys()));
        using var lines = new LogLines(LogLevel.Warning);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(lines);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(storageEvents.Services.GetRequiredService<ReplayApi>());
        await using var app = builder.Build();
        app.UseReplays();
        await app.StartAsync();

        var answer = await SendAsync(new Uri(app.Urls.First()), "POST /glue/v1/replays HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("Bad chunk size data.", answer, StringComparison.Ordinal);
        Assert.Empty(lines.All);
        await app.StopAsync();
    }

    private static async Task<string> SendAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Parse(server.Host), server.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var answer = new StreamReader(stream);
        return await answer.ReadToEndAsync();
    }

    private sealed class NoKeys : ICredentialSource
    {
        public Credential? Find(string accessKeyId) => null;
    }
}
