using System.Text;
using System.Text.Json;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Logs;
using Glue.Workers.Code;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Glue.Workers.FunctionalTests;

/// <summary>A worker of one test, with functions given as source text.</summary>
public sealed partial class WorkerFixture : IAsyncDisposable
{
    private const string Account = "000000000000";

    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    private WorkerFixture(ITestOutputHelper output, IStorageGateway gateway, Func<WorkersOptions, WorkersOptions> configure, TimeProvider? time)
    {
        var options = configure(new WorkersOptions
        {
            Folder = _folder.Path,
            GuestFolder = Repository.Artifact("guest"),
            MemoryBudgetMiB = 4096,
            DrainTimeout = TimeSpan.FromSeconds(2),
            // Of guests that are emulated on a busy machine: a test that is about one of these limits sets its own.
            BootTimeout = TimeSpan.FromMinutes(1),
            InitTimeout = TimeSpan.FromMinutes(2),
        });
        var services = new ServiceCollection();
        services.AddLogging(builder => builder.AddProvider(new TestOutputLogger(output)).SetMinimumLevel(LogLevel.Information));
        services.AddSingleton<ICodeSource>(Code);
        services.AddSingleton<IFunctionLogs>(Logs);
        services.AddSingleton(gateway);
        if (time is not null)
        {
            services.AddSingleton(time);
        }

        UseDriver(services, options);
        services.AddWorkers(options);
        _services = services.BuildServiceProvider();
        Worker = _services.GetRequiredService<WorkerSet>().All[0];
    }

    /// <summary>Implemented where this suite is compiled for another driver than the default one.</summary>
    static partial void UseDriver(IServiceCollection services, WorkersOptions options);

    public Worker Worker { get; }

    internal CodeZip Code { get; } = new();

    internal RecordedLogs Logs { get; } = new();

    public string Folder => _folder.Path;

    public static WorkerFixture Start(
        ITestOutputHelper output, Func<WorkersOptions, WorkersOptions>? configure = null, TimeProvider? time = null, IStorageGateway? gateway = null) =>
        new(output, gateway ?? new EchoGateway(), configure ?? (static each => each), time);

    public FunctionVersion Node(string source, string handler = "index.handler", string file = "index.js") =>
        Function("nodejs20.x", handler, (file, Encoding.UTF8.GetBytes(source), CodeZip.Plain));

    public FunctionVersion Python(string source, string handler = "app.handler", string file = "app.py") =>
        Function("python3.11", handler, (file, Encoding.UTF8.GetBytes(source), CodeZip.Plain));

    public FunctionVersion Provided(string bootstrap, int mode = CodeZip.Executable) =>
        Function("provided.al2023", "any", ("bootstrap", Encoding.UTF8.GetBytes(bootstrap), mode));

    internal FunctionVersion Function(string runtime, string handler, params (string Name, byte[] Content, int Mode)[] files) =>
        Describe(runtime, handler, Code.Add(files));

    public static FunctionVersion Describe(string runtime, string handler, string digest)
    {
        var name = "f" + Guid.NewGuid().ToString("N")[..8];
        return new FunctionVersion
        {
            AccountId = Account,
            Name = name,
            Version = "$LATEST",
            Arn = $"arn:aws:lambda:us-east-1:{Account}:function:{name}:$LATEST",
            RevisionId = Guid.NewGuid().ToString(),
            Runtime = runtime,
            Handler = handler,
            Role = "arn:aws:iam::000000000000:role/any",
            CodeSha256 = digest,
            MemoryMiB = 256,
            Timeout = TimeSpan.FromMinutes(1),
        };
    }

    public static InvokeRequest Request(string payload = "{}", bool tail = false) => Request(Encoding.UTF8.GetBytes(payload), tail);

    public static InvokeRequest Request(byte[] payload, bool tail = false) => new()
    {
        RequestId = Guid.NewGuid().ToString(),
        Payload = payload,
        InvokedFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:any",
        WantsLogTail = tail,
    };

    public Task<InvokeOutcome> InvokeAsync(FunctionVersion version, string payload = "{}", bool tail = false) =>
        Worker.InvokeAsync(version, Request(payload, tail), CancellationToken.None);

    /// <summary>The answer of an invocation that must succeed.</summary>
    public async Task<JsonElement> AnswerAsync(FunctionVersion version, string payload = "{}") => Expect(await InvokeAsync(version, payload));

    /// <summary>Error type and message of an invocation that must fail by the function's own doing.</summary>
    public async Task<(string Type, string Message)> FailureAsync(FunctionVersion version, string payload = "{}") => Failure(await InvokeAsync(version, payload));

    public static (string Type, string Message) Failure(InvokeOutcome outcome)
    {
        Assert.True(outcome.Status == InvokeStatus.FunctionError, $"{outcome.Status}: {outcome.Reason} {Text(outcome.Payload)}");
        var document = JsonDocument.Parse(outcome.Payload).RootElement;
        return (document.GetProperty("errorType").GetString()!, document.GetProperty("errorMessage").GetString()!);
    }

    public static JsonElement Expect(InvokeOutcome outcome)
    {
        Assert.True(outcome.Status == InvokeStatus.Succeeded, $"{outcome.Status}: {outcome.Reason} {Text(outcome.Payload)}");
        return JsonDocument.Parse(outcome.Payload).RootElement;
    }

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Waits until the worker has come to a state.</summary>
    public async Task UntilAsync(Func<WorkerStatus, bool> isReached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!isReached(Worker.Status))
        {
            Assert.False(limit.IsCancellationRequested, $"not reached within a minute: {Worker.Status}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
