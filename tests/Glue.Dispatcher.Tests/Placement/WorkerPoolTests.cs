using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Placement;

namespace Glue.Dispatcher.Tests.Placement;

public sealed class WorkerPoolTests
{
    private static readonly FunctionVersion Version = new()
    {
        AccountId = "000000000000",
        Name = "f",
        Version = "$LATEST",
        Arn = "arn",
        RevisionId = "r1",
        Runtime = "nodejs20.x",
        Handler = "index.handler",
        Role = "role",
        CodeSha256 = "",
    };

    [Fact]
    public void Without_a_worker_nothing_is_chosen() => Assert.Null(new WorkerPool([]).Select(Version));

    [Fact]
    public void Of_two_workers_the_one_with_a_warm_sandbox_is_chosen_before_the_one_with_more_memory()
    {
        var pool = new WorkerPool([new Stub("roomy", 9000), new Stub("warm", 100, "r1")]);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal("warm", pool.Select(Version)!.Id));
    }

    [Fact]
    public void Of_two_cold_workers_the_one_with_more_free_memory_is_chosen()
    {
        var pool = new WorkerPool([new Stub("small", 100, "another revision"), new Stub("roomy", 9000)]);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal("roomy", pool.Select(Version)!.Id));
    }

    [Fact]
    public void Of_many_the_fullest_is_never_chosen_and_all_others_sometimes_are()
    {
        var pool = new WorkerPool([.. Enumerable.Range(1, 5).Select(i => new Stub($"w{i}", i * 100))], new Random(1));
        var chosen = Enumerable.Range(0, 500).Select(_ => pool.Select(Version)!.Id).ToHashSet();
        Assert.Equal(["w2", "w3", "w4", "w5"], chosen.Order());
    }

    private sealed class Stub(string id, int freeMiB, string? warmRevision = null) : IWorker
    {
        public string Id => id;

        public WorkerStatus Status { get; } = new()
        {
            FreeMemoryMiB = freeMiB,
            WarmSandboxes = warmRevision is null ? new Dictionary<string, int>() : new Dictionary<string, int> { [warmRevision] = 1 },
        };

        public Task<InvokeOutcome> InvokeAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public void Provision(IReadOnlyCollection<ProvisionedVersion> wanted)
        {
        }

        public ProvisionedState ProvisionedOf(FunctionVersion version) => default;

        public Task RetireAsync(string functionArn, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
