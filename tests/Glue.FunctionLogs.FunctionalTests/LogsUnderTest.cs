using System.Diagnostics.Metrics;
using System.Text;
using Glue.Contracts.Functions;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Glue.FunctionLogs.Appending;
using Glue.FunctionLogs.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.FunctionLogs.FunctionalTests;

/// <summary>The service on a real file and a real port, with the keys of two accounts.</summary>
internal sealed class LogsUnderTest : IAsyncDisposable
{
    public const string Account = "000000000000";
    public const string OtherAccount = "111122223333";

    private readonly TempFolder _folder = new();
    private readonly WebApplication _app;
    private readonly SqliteDatabase _database;
    private readonly MeterListener _meters = new();
    private long _dropped;

    private LogsUnderTest(FunctionLogsOptions options, TimeProvider? time)
    {
        _database = SqliteDatabase.Open(_folder["logs.db"]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ICredentialSource>(new Keys());
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddFunctionLogs(options, _ => _database);
        _app = builder.Build();
        _app.UseFunctionLogsApi();
        _app.Run(static context => context.Response.WriteAsync("somebody else's"));
        // Taken once: every meter of the process is published to this listener, that of another test too, while this one's services end.
        var factory = _app.Services.GetRequiredService<IMeterFactory>();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "function_logs.dropped" && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _dropped, value));
        _meters.Start();
    }

    public string Endpoint => _app.Urls.Single();

    public LogStore Store => _app.Services.GetRequiredService<LogStore>();

    public LogWriter Writer => _app.Services.GetRequiredService<LogWriter>();

    public LogReader Reader => _app.Services.GetRequiredService<LogReader>();

    public LogExpiry Expiry => _app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<LogExpiry>().Single();

    public LogCatalog Catalog => _app.Services.GetRequiredService<LogCatalog>();

    /// <summary>Lines that the queue had no room for.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public static async Task<LogsUnderTest> StartAsync(Func<FunctionLogsOptions, FunctionLogsOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new FunctionLogsOptions { Region = "us-east-1" };
        var logs = new LogsUnderTest(configure?.Invoke(options) ?? options, time);
        await logs._app.StartAsync();
        return logs;
    }

    public IFunctionLog Open(string function = "f", string stream = "2026/11/21/[$LATEST]a", string account = Account) =>
        _app.Services.GetRequiredService<FunctionLogStreams>().Open(Version(function, account), stream);

    public static void Append(IFunctionLog log, string line, long timeMs) => log.Append(DateTimeOffset.FromUnixTimeMilliseconds(timeMs), Encoding.UTF8.GetBytes(line));

    /// <summary>Every line of a group in the order of reading, page by page.</summary>
    public List<string> ReadAll(string group, Func<LogScan, LogScan>? configure = null)
    {
        var scan = new LogScan { GroupId = Catalog.FindGroup(Account, group)!.Id, Limit = 1000 };
        scan = configure?.Invoke(scan) ?? scan;
        var lines = new List<string>();
        while (true)
        {
            var page = Reader.Read(scan);
            lines.AddRange(page.Lines.Select(static line => Encoding.UTF8.GetString(line.Message.Span)));
            if (page.Next is null)
            {
                return lines;
            }

            scan = scan with { After = page.Next };
        }
    }

    /// <summary>Debian's <c>aws logs</c>.</summary>
    public Task<Cli.Result> AwsAsync(params string[] arguments) => Cli.AwsAsync(Endpoint, "KEYOFONE", "secret", ["logs", .. arguments]);

    /// <summary>The same for the other account.</summary>
    public Task<Cli.Result> AwsOfOtherAsync(params string[] arguments) => Cli.AwsAsync(Endpoint, "KEYOFOTHER", "secret", ["logs", .. arguments]);

    /// <summary>A script under boto3; <c>logs</c> is the client.</summary>
    public async Task<string> BotoAsync(string script) => (await Cli.PythonAsync(
        $"""
        import boto3, json
        logs = boto3.client('logs', endpoint_url='{Endpoint}')
        {script}
        """,
        Cli.AwsEnvironment("KEYOFONE", "secret"))).Expect();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        _meters.Dispose();
        _folder.Dispose();
    }

    private static FunctionVersion Version(string name, string account) => new()
    {
        AccountId = account, Name = name, Version = "$LATEST", Arn = $"arn:aws:lambda:us-east-1:{account}:function:{name}:$LATEST", RevisionId = "1",
        Runtime = "nodejs20.x", Handler = "index.handler", Role = "r", CodeSha256 = "c",
    };

    private sealed class Keys : ICredentialSource
    {
        public Credential? Find(string accessKeyId) => accessKeyId switch
        {
            "KEYOFONE" => new Credential(accessKeyId, "secret", Account, Account),
            "KEYOFOTHER" => new Credential(accessKeyId, "secret", OtherAccount, OtherAccount),
            _ => null,
        };
    }
}
