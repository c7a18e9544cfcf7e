using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Glue.Dispatcher.EventSources;
using Glue.Dispatcher.Placement;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.FunctionalTests;

/// <summary>A dispatcher on a free port with a scripted worker, on a folder that outlives it when the test wants a restart.</summary>
internal sealed class DispatcherServer : IAsyncDisposable
{
    public const string Account = "000000000000";
    public const string Role = "arn:aws:iam::000000000000:role/tester";

    public static readonly Credential Key = new("AKIDTEST", "secret-of-the-test", Account, "tester");
    public static readonly Credential OtherKey = new("AKIDOTHER", "secret-of-the-other", "111111111111", "other");

    private readonly SqliteDatabase _state;
    private readonly SqliteDatabase _queue;
    private readonly WebApplication _app;
    private readonly SigV4Signer _signer = new(TimeProvider.System);

    private DispatcherServer(WebApplication app, SqliteDatabase state, SqliteDatabase queue, FakeWorker worker)
    {
        (_app, _state, _queue, Worker) = (app, state, queue, worker);
        Endpoint = app.Urls.First();
        Client = new HttpClient { BaseAddress = new Uri(Endpoint) };
    }

    public string Endpoint { get; }

    public HttpClient Client { get; }

    public FakeWorker Worker { get; }

    public IServiceProvider Services => _app.Services;

    public IInvocationQueue Queue => Services.GetRequiredService<IInvocationQueue>();

    /// <summary>Lets queue.db grow no further than it is plus so many pages, as a full disk would: SQLite's own "database or disk is full".</summary>
    public async Task LimitQueuePagesAsync(int more)
    {
        while (true)
        {
            try
            {
                await _queue.WriteAsync(write => LimitPages(write, more));
                return;
            }
            catch (SqliteException)
            {
                // While the disk is full, a change that shares its commit with one that needs room fails with it.
            }
        }
    }

    public static async Task<DispatcherServer> StartAsync(
        TempFolder folder, Func<DispatcherOptions, DispatcherOptions>? configure = null, EventSourceOptions? eventSources = null, ILoggerProvider? log = null)
    {
        var worker = new FakeWorker();
        var state = SqliteDatabase.Open(folder["state.db"]);
        var queue = SqliteDatabase.Open(folder["queue.db"]);
        var options = new DispatcherOptions { CodeFolder = folder["code"], SecretKeyFile = folder["secrets.key"], DrainTimeout = TimeSpan.FromMilliseconds(200) };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ICredentialSource>(new Credentials());
        builder.Services.AddSingleton<IWorker>(worker);
        builder.Services.AddDispatcher(configure?.Invoke(options) ?? options, _ => state, _ => queue, eventSources);
        var app = builder.Build();
        app.UseFunctionUrls();
        app.UseLambdaApi();
        await app.StartAsync();
        return new DispatcherServer(app, state, queue, worker);
    }

    /// <summary>Debian's aws with the tester's keys; it does not try again, which would hide an error.</summary>
    public Task<Cli.Result> AwsAsync(params IEnumerable<string> arguments) =>
        Cli.RunAsync("/usr/bin/aws", ["--endpoint-url", Endpoint, "lambda", .. arguments], ClientEnvironment());

    /// <summary>A Python script with boto3, whose client for this server is <c>client</c>.</summary>
    public Task<Cli.Result> BotoAsync(string script) => Cli.PythonAsync(
        $"import boto3, json, os\nclient = boto3.client('lambda', endpoint_url='{Endpoint}')\n{script}", ClientEnvironment());

    /// <summary>A signed request without any client library's help or checks.</summary>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, object? body = null, Credential? signer = null, (string Name, string Value)? header = null,
        CancellationToken cancellationToken = default)
    {
        using var response = await OpenAsync(method, path, body, signer, header, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>The same, up to the head of the answer.</summary>
    public async Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string path, object? body = null, Credential? signer = null, (string Name, string Value)? header = null,
        HttpCompletionOption completion = HttpCompletionOption.ResponseHeadersRead, CancellationToken cancellationToken = default)
    {
        var bytes = body switch
        {
            null => [],
            byte[] raw => raw,
            string text => Encoding.UTF8.GetBytes(text),
            _ => JsonSerializer.SerializeToUtf8Bytes(body),
        };
        using var request = new HttpRequestMessage(method, new Uri(Endpoint + path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(bytes);
        }

        if (header is { } more)
        {
            request.Headers.TryAddWithoutValidation(more.Name, more.Value);
        }

        _signer.Sign(request, signer ?? Key, "us-east-1", "lambda", Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return await Client.SendAsync(request, completion, cancellationToken);
    }

    public async Task DeployAsync(string name, Credential? signer = null)
    {
        var answer = await SendAsync(HttpMethod.Post, "/2015-03-31/functions", NewFunction(name), signer);
        Assert.True(answer.Status == 201, answer.Text);
    }

    public static Dictionary<string, object> NewFunction(string name, byte[]? zip = null) => new()
    {
        ["FunctionName"] = name,
        ["Runtime"] = "provided.al2023",
        ["Handler"] = "bootstrap",
        ["Role"] = Role,
        ["Code"] = new { ZipFile = zip ?? Zip.Of(("bootstrap", "#!/bin/sh\n")) },
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _queue.DisposeAsync();
        await _state.DisposeAsync();
    }

    private static void LimitPages(SqliteWrite write, int more)
    {
        using var command = write.Connection.CreateCommand();
        command.CommandText = "PRAGMA page_count";
        var pages = (long)command.ExecuteScalar()!;
        command.CommandText = $"PRAGMA max_page_count={pages + more}";
        command.ExecuteScalar();
    }

    private static Dictionary<string, string> ClientEnvironment() =>
        new(Cli.AwsEnvironment(Key.AccessKeyId, Key.SecretAccessKey)) { ["AWS_MAX_ATTEMPTS"] = "1" };

    private sealed class Credentials : ICredentialSource
    {
        public Credential? Find(string accessKeyId) => accessKeyId switch
        {
            "AKIDTEST" => Key,
            "AKIDOTHER" => OtherKey,
            _ => null,
        };
    }
}
