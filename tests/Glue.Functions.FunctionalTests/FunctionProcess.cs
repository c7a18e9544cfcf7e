using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Glue.Functions.FunctionalTests;

/// <summary>
/// A published function as its own process, with a Runtime API and a store that speak just enough, both on one port of this test.
/// </summary>
internal sealed class FunctionProcess : IAsyncDisposable
{
    private const string Api = "/2018-06-01/runtime/";

    private readonly WebApplication _app;
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly Channel<(string Id, byte[] Event)> _events = Channel.CreateUnbounded<(string, byte[])>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResult>> _waiting = [];
    private int _lastId;

    private FunctionProcess(WebApplication app, Process process) => (_app, _process) = (app, process);

    public FakeStore Store { get; } = new();

    /// <summary>Of the Runtime API and the store.</summary>
    public string Address => _app.Urls.Single();

    /// <summary>Objects by <c>/bucket/key</c>, decoded.</summary>
    public ConcurrentDictionary<string, StoredObject> Objects => Store.Objects;

    /// <summary>The document posted to init/error.</summary>
    public TaskCompletionSource<InvocationResult> InitError { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers a storage request instead of the store, when set and true.</summary>
    public Func<HttpContext, Task<bool>>? StoreInstead { get; set; }

    /// <summary>Close the connection after each answer of the Runtime API.</summary>
    public bool ClosesConnections { get; set; }

    /// <summary>How long an invocation may take, as its function is told; nobody ends it. Null: for ever.</summary>
    public TimeSpan? Timeout { get; set; }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Most memory the process ever had resident, in bytes.</summary>
    public long PeakMemoryBytes => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;

    public Task Exited => _process.WaitForExitAsync();

    public int ExitCode => _process.ExitCode;

    public static async Task<FunctionProcess> StartAsync(string name, params (string Name, string Value)[] environment)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var process = new Process { StartInfo = new ProcessStartInfo(Repository.Artifact($"functions/{name}/bootstrap"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        } };
        var function = new FunctionProcess(app, process);
        app.Run(function.AnswerAsync);
        await app.StartAsync();
        var address = new Uri(app.Urls.Single());
        var variables = process.StartInfo.Environment;
        variables["AWS_LAMBDA_RUNTIME_API"] = address.Authority;
        variables["AWS_ENDPOINT_URL_S3"] = address.GetLeftPart(UriPartial.Authority);
        variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "512";
        foreach (var (variable, value) in environment)
        {
            variables[variable] = value;
        }

        process.OutputDataReceived += function.Collect;
        process.ErrorDataReceived += function.Collect;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return function;
    }

    public async Task<InvocationResult> InvokeAsync(ReadOnlyMemory<byte> input)
    {
        var id = $"request-{Interlocked.Increment(ref _lastId)}";
        var result = _waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _events.Writer.WriteAsync((id, input.ToArray()));
        var first = await Task.WhenAny(result.Task, Exited).WaitAsync(TimeSpan.FromMinutes(5));
        return first == result.Task
            ? await result.Task
            : throw new InvalidOperationException($"The function exited with {ExitCode}:\n{Log}");
    }

    /// <summary>Invokes with S3's event for an object, its key form-encoded.</summary>
    public Task<InvocationResult> InvokeForAsync(string bucket, string key, string eventName = "ObjectCreated:Put") => InvokeAsync(JsonSerializer.SerializeToUtf8Bytes(new
    {
        Records = new[]
        {
            new
            {
                eventVersion = "2.3", eventSource = "aws:s3", awsRegion = "us-east-1", eventTime = "2026-11-21T00:00:00.000Z", eventName,
                userIdentity = new { principalId = "P" },
                s3 = new { s3SchemaVersion = "1.0", configurationId = "rule", bucket = new { name = bucket, arn = "arn:aws:s3:::" + bucket },
                    @object = new { key = Uri.EscapeDataString(key).Replace("%20", "+", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal), size = 1, eTag = "0", sequencer = "01" } },
            },
        },
    }));

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _events.Writer.TryComplete();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (!path.StartsWith(Api, StringComparison.Ordinal))
        {
            await StoreAsync(context, path);
            return;
        }

        if (ClosesConnections)
        {
            context.Response.Headers.Connection = "close";
        }

        if (path == Api + "invocation/next")
        {
            var (id, input) = await _events.Reader.ReadAsync(context.RequestAborted);
            context.Response.Headers["Lambda-Runtime-Aws-Request-Id"] = id;
            context.Response.Headers["Lambda-Runtime-Deadline-Ms"] = Timeout is { } limit
                ? (DateTimeOffset.UtcNow + limit).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
                : "4102444800000";
            context.Response.Headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:us-east-1:000000000000:function:f";
            await context.Response.Body.WriteAsync(input);
            return;
        }

        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var result = new InvocationResult(path.EndsWith("/response", StringComparison.Ordinal), body.ToArray());
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.CompleteAsync();
        if (path == Api + "init/error")
        {
            InitError.TrySetResult(result);
            return;
        }

        _waiting[path.Split('/')[^2]].SetResult(result);
    }

    private async Task StoreAsync(HttpContext context, string path)
    {
        if (StoreInstead is not null && await StoreInstead(context))
        {
            return;
        }

        await Store.AnswerAsync(context, path);
    }

    private void Collect(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }
}
