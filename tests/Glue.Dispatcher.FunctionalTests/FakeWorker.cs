using System.Collections.Concurrent;
using System.Text;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Placement;

namespace Glue.Dispatcher.FunctionalTests;

/// <summary>A worker that runs a script instead of sandboxes: it echoes unless told otherwise.</summary>
internal sealed class FakeWorker : IWorker
{
    public string Id => "fake";

    public WorkerStatus Status { get; } = new() { FreeMemoryMiB = 4096 };

    public Func<FunctionVersion, InvokeRequest, CancellationToken, Task<InvokeOutcome>> Script { get; set; } = (_, request, _) =>
        Task.FromResult(Succeeded(request.Payload.ToArray(), $"START RequestId: {request.RequestId}\n"));

    public ConcurrentQueue<InvokeRequest> Requests { get; } = new();

    public ConcurrentQueue<string> Retired { get; } = new();

    public ConcurrentQueue<FunctionVersion> Prepared { get; } = new();

    public static InvokeOutcome Succeeded(byte[] payload, string log = "") => new()
    {
        Status = InvokeStatus.Succeeded,
        Payload = payload,
        LogTail = Encoding.UTF8.GetBytes(log),
        Start = SandboxStart.Warm,
        Duration = TimeSpan.FromMilliseconds(7),
        StartDuration = TimeSpan.FromMilliseconds(3),
        SandboxId = "sandbox-1",
    };

    public static InvokeOutcome Failed(string message, string log = "boom\n") => new()
    {
        Status = InvokeStatus.FunctionError,
        Payload = Encoding.UTF8.GetBytes($$"""{"errorType":"Error","errorMessage":"{{message}}","stackTrace":[]}"""),
        LogTail = Encoding.UTF8.GetBytes(log),
        Start = SandboxStart.Boot,
        Duration = TimeSpan.FromMilliseconds(5),
        InitDuration = TimeSpan.FromMilliseconds(40),
    };

    public static InvokeOutcome NotRun(string reason) => new() { Status = InvokeStatus.NotRun, Reason = reason };

    public Task<InvokeOutcome> InvokeAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request with { Payload = request.Payload.ToArray() });
        return Script(version, request, cancellationToken);
    }

    /// <summary>What the dispatcher last asked for.</summary>
    public IReadOnlyCollection<ProvisionedVersion> Provisioned { get; private set; } = [];

    /// <summary>How far this worker says to be; by default everything is there at once.</summary>
    public Func<ProvisionedVersion, ProvisionedState> ProvisionedScript { get; set; } = static wanted => new ProvisionedState(wanted.Sandboxes, wanted.Sandboxes, null);

    public void Provision(IReadOnlyCollection<ProvisionedVersion> wanted) => Provisioned = wanted;

    public ProvisionedState ProvisionedOf(FunctionVersion version) =>
        Provisioned.FirstOrDefault(each => each.Version.Arn == version.Arn) is { } wanted ? ProvisionedScript(wanted) : default;

    public void Prepare(FunctionVersion version) => Prepared.Enqueue(version);

    public Task RetireAsync(string functionArn, CancellationToken cancellationToken)
    {
        Retired.Enqueue(functionArn);
        return Task.CompletedTask;
    }
}
