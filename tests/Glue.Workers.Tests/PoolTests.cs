using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.IO.Pipelines;
using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Code;
using Glue.Workers.Logs;
using Glue.Workers.Pool;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Glue.Workers.Tests;

public sealed class PoolTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTime _time = new();
    private readonly FakeDriver _driver = new();
    private readonly SilentGateway _gateway = new();
    private readonly EmptyCode _code = new();
    private readonly LogsUnderWatch _logs = new();
    private readonly SandboxPool _pool;

    public PoolTests() => _pool = NewPool();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Idle_sandboxes_are_given_up_when_their_time_has_come_and_not_before()
    {
        await InvokeAsync("f");
        _time.Advance(TimeSpan.FromMinutes(4));
        await InvokeAsync("f");
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1, _pool.Status.IdleSandboxes);

        _time.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(status => status.Sandboxes == 0);
        Assert.Equal(1, _driver.Starts);
    }

    [Fact]
    public async Task A_sandbox_that_has_reached_its_age_is_replaced_however_much_it_is_used()
    {
        await InvokeAsync("f");
        for (var hour = 0; hour < 12 * 15; hour++)
        {
            _time.Advance(TimeSpan.FromMinutes(4));
            await InvokeAsync("f");
        }

        Assert.Equal(2, _driver.Starts);
        await UntilAsync(static status => status.Sandboxes == 1);
    }

    [Fact]
    public async Task A_start_counts_until_its_sandbox_serves_so_that_one_call_starts_one()
    {
        // The runtime's first poll and a line behind it. The line holds up the reading thread when the start has its result, which another
        // thread gets, and the pool has not been told: nobody may fill that gap with another start.
        _driver.OnInit = static () => [.. FakeDriver.Frame(FrameType.Ready, 0, [100, 0, 0, 0]), .. FakeDriver.Frame(FrameType.Log, 1, "late\n"u8)];
        _logs.OnLine = line =>
        {
            if (line == "late")
            {
                SpinWait.SpinUntil(() => _driver.Starts > 1, TimeSpan.FromMilliseconds(300));
            }
        };
        await InvokeAsync("f");

        Assert.Equal(1, _driver.Starts);
    }

    [Fact]
    public async Task The_status_names_what_is_warm_by_revision_and_what_memory_is_waited_for_without_a_start()
    {
        await InvokeAsync("f");
        await UntilAsync(static status => status.IdleSandboxes == 1);
        Assert.Equal(KeyValuePair.Create("1", 1), Assert.Single(_pool.Status.WarmSandboxes));

        await _pool.RetireAsync(Version("f").Arn, CancellationToken.None);
        await UntilAsync(static status => status.Sandboxes == 0);
        _driver.Gate = new TaskCompletionSource();
        var calls = Enumerable.Range(0, 12).Select(_ => InvokeAsync("g")).ToList();
        await UntilAsync(_ => _driver.Starts == 1 + 8); // as many as there is room for
        var status = _pool.Status;
        _driver.Gate.SetResult();
        await Task.WhenAll(calls);

        Assert.Empty(status.WarmSandboxes);
        Assert.Equal((12, 8 * 128, 4 * 128), (status.Waiting, status.MemoryUsedMiB, status.MemoryAwaitedMiB));
    }

    [Fact]
    public async Task Waiters_are_served_by_a_sandbox_that_becomes_free_while_their_own_starts()
    {
        await InvokeAsync("f");
        var release = new TaskCompletionSource();
        var answer = _driver.OnInvoke;
        _driver.OnInvoke = () =>
        {
            release.Task.Wait();
            return answer();
        };
        var running = InvokeAsync("f");
        _driver.Gate = new TaskCompletionSource(); // a start that takes for ever
        var waiting = InvokeAsync("f");
        await UntilAsync(_ => _driver.Starts == 2);

        release.SetResult();

        Assert.Equal((await running).SandboxId, (await waiting).SandboxId);
        _driver.Gate.SetResult();
    }

    [Fact]
    public async Task A_pool_that_stops_while_a_snapshots_sandbox_is_being_started_ends_that_one_when_it_is_there()
    {
        _driver.HasSnapshots = true;
        _driver.Gate = new TaskCompletionSource();
        var pool = NewPool();
        pool.Prepare(Version("f"));
        await UntilAsync(_ => _driver.Starts == 1);
        var stopping = pool.DisposeAsync().AsTask();
        Assert.False(stopping.IsCompleted); // the driver is at work

        _driver.Gate.SetResult();

        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_pool_that_stops_while_a_snapshot_waits_for_its_functions_code_waits_for_nothing()
    {
        _driver.HasSnapshots = true;
        _code.Gate = new TaskCompletionSource();
        var pool = NewPool();
        pool.Prepare(Version("f"));
        await UntilAsync(_ => _code.Opened == 1);

        await pool.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(0, _driver.Starts);
    }

    [Fact]
    public async Task A_function_whose_code_cannot_be_had_keeps_no_other_from_its_snapshot()
    {
        _driver.HasSnapshots = true;
        _code.Fault = new FileNotFoundException("no such code");
        _pool.Prepare(Version("f"));
        await UntilAsync(_ => _code.Opened == 1);

        _code.Fault = null;
        _pool.Prepare(Version("g"));

        await UntilAsync(_ => _driver.Starts == 1);
    }

    [Fact]
    public async Task A_driver_that_fails_in_a_way_nobody_thought_of_keeps_no_other_from_its_snapshot()
    {
        _driver.HasSnapshots = true;
        _driver.Gate = new TaskCompletionSource();
        _driver.Gate.SetException(new UnauthorizedAccessException("no such right"));
        _pool.Prepare(Version("f"));
        await UntilAsync(_ => _driver.Starts == 1);

        _driver.Gate = null;
        _pool.Prepare(Version("g"));

        await UntilAsync(_ => _driver.Starts == 2);
    }

    [Fact]
    public async Task Never_are_more_starting_than_there_are_waiters()
    {
        _driver.Gate = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 3).Select(_ => InvokeAsync("f")).ToArray();
        await UntilAsync(_ => _driver.Starts == 3);
        _driver.Gate.SetResult();

        await Task.WhenAll(waiting);
        Assert.Equal(3, _driver.Starts);
    }

    [Fact]
    public async Task Provisioned_sandboxes_are_ready_before_anybody_calls_and_idleness_does_not_take_them()
    {
        _pool.Provision([new ProvisionedVersion(Version("f"), 3)]);
        await ProvisionedAsync("f", state => state is { Allocated: 3, Available: 3, Reason: null });

        await InvokeAsync("f");
        _time.Advance(TimeSpan.FromMinutes(30));
        await InvokeAsync("f");

        Assert.Equal(3, _driver.Starts);
        Assert.Equal(3, _pool.Status.Sandboxes);
    }

    [Fact]
    public async Task A_provisioned_sandbox_that_ends_is_replaced()
    {
        _pool.Provision([new ProvisionedVersion(Version("f"), 2)]);
        await ProvisionedAsync("f", state => state.Available == 2);
        var answer = _driver.OnInvoke;
        _driver.OnInvoke = () => Faults("unknown type");

        Assert.Equal(InvokeStatus.FunctionError, (await InvokeAsync("f")).Status);

        _driver.OnInvoke = answer;
        await UntilAsync(_ => _driver.Starts == 3);
        await ProvisionedAsync("f", state => state.Available == 2);
    }

    [Fact]
    public async Task More_calls_than_are_provisioned_are_served_on_demand_and_only_those_sandboxes_go_for_idleness()
    {
        _pool.Provision([new ProvisionedVersion(Version("f"), 1)]);
        await ProvisionedAsync("f", state => state.Available == 1);
        var release = new TaskCompletionSource();
        var answer = _driver.OnInvoke;
        _driver.OnInvoke = () =>
        {
            release.Task.Wait();
            return answer();
        };
        var both = Task.WhenAll(InvokeAsync("f"), InvokeAsync("f"));
        await UntilAsync(_ => _driver.Starts == 2);
        Assert.Equal(1, _pool.ProvisionedOf(Version("f")).Available); // busy ones are available all the same, as Lambda counts

        release.SetResult();
        await both;
        await UntilAsync(status => status.IdleSandboxes == 2);
        _time.Advance(TimeSpan.FromMinutes(6));
        await UntilAsync(status => status.Sandboxes == 1);
        Assert.Equal(1, _pool.ProvisionedOf(Version("f")).Available);
    }

    [Fact]
    public async Task Fewer_or_none_wanted_ends_the_surplus_and_busy_ones_when_they_are_done()
    {
        _pool.Provision([new ProvisionedVersion(Version("f"), 3)]);
        await ProvisionedAsync("f", state => state.Available == 3);
        _pool.Provision([new ProvisionedVersion(Version("f"), 1)]);
        await UntilAsync(status => status.Sandboxes == 1);

        var release = new TaskCompletionSource();
        var answer = _driver.OnInvoke;
        _driver.OnInvoke = () =>
        {
            release.Task.Wait();
            return answer();
        };
        var running = InvokeAsync("f");
        _pool.Provision([]);
        release.SetResult();

        Assert.Equal(InvokeStatus.Succeeded, (await running).Status);
        await UntilAsync(status => status.Sandboxes == 0);
        Assert.Equal(default, _pool.ProvisionedOf(Version("f")));
    }

    [Fact]
    public async Task Without_room_the_shortage_is_told_and_ends_as_soon_as_there_is_room()
    {
        var large = Version("large") with { MemoryMiB = 900 };
        _pool.Provision([new ProvisionedVersion(large, 1)]);
        await UntilAsync(_ => _pool.ProvisionedOf(large).Available == 1);
        _pool.Provision([new ProvisionedVersion(large, 1), new ProvisionedVersion(Version("f"), 2)]);

        await ProvisionedAsync("f", state => state.Reason is { } reason && reason.Contains("900 of 1024 MB", StringComparison.Ordinal));

        _pool.Provision([new ProvisionedVersion(Version("f"), 2)]);
        await ProvisionedAsync("f", state => state is { Available: 2, Reason: null });
    }

    [Fact]
    public async Task Idle_sandboxes_of_others_make_room_for_provisioned_ones_and_never_the_other_way_round()
    {
        var large = Version("large") with { MemoryMiB = 900 };
        await _pool.InvokeAsync(large, Request(), CancellationToken.None);
        _pool.Provision([new ProvisionedVersion(Version("f") with { MemoryMiB = 512 }, 2)]);
        await ProvisionedAsync("f", state => state.Available == 2);

        var refused = _pool.InvokeAsync(large, Request(), CancellationToken.None);
        await UntilAsync(status => status.Waiting == 1);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(InvokeStatus.NotRun, (await refused).Status);
        Assert.Equal(2, _pool.ProvisionedOf(Version("f")).Available);
    }

    [Fact]
    public async Task An_agent_that_says_nothing_any_more_loses_its_invocation_when_its_time_and_the_grace_are_over()
    {
        for (var i = 0; i < 3; i++)
        {
            await InvokeAsync("f");
            _time.Advance(TimeSpan.FromMinutes(2)); // idleness has no such limit
        }

        var invoked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _driver.OnInvoke = () =>
        {
            invoked.SetResult();
            return [];
        };
        var running = InvokeAsync("f");
        await invoked.Task;
        _time.Advance(Version("f").Timeout + TimeSpan.FromSeconds(9.9));
        Assert.Equal(1, _pool.Status.Sandboxes);
        Assert.False(running.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        var outcome = await running;
        Assert.Equal(InvokeStatus.FunctionError, outcome.Status);
        Assert.Contains("its agent has stopped answering: within 13 s it ended neither the invocation", System.Text.Encoding.UTF8.GetString(outcome.Payload.Span), StringComparison.Ordinal);
        await UntilAsync(static status => status.Sandboxes == 0);
        Assert.Equal(1, _driver.Starts);
    }

    [Fact]
    public async Task An_answered_invocation_whose_agent_then_falls_silent_frees_its_place_likewise()
    {
        _driver.OnInvoke = static () => FakeDriver.Result("1"u8);
        Assert.Equal(InvokeStatus.Succeeded, (await InvokeAsync("f")).Status);
        Assert.Equal((1, 0), (_pool.Status.Sandboxes, _pool.Status.IdleSandboxes));

        _time.Advance(Version("f").Timeout + TimeSpan.FromSeconds(10));

        await UntilAsync(static status => status.Sandboxes == 0);
    }

    [Fact]
    public async Task An_agent_that_greets_and_starts_nothing_is_given_up_and_the_invocation_comes_back_as_not_run()
    {
        _driver.OnInit = static () => FakeDriver.Frame(FrameType.StreamOpen, 5, []); // read behind its greeting
        var starting = InvokeAsync("f");
        await _gateway.Accepted.Task;
        _time.Advance(TimeSpan.FromSeconds(29.9)); // 10 s each for init, boot and grace
        Assert.Equal(1, _pool.Status.Sandboxes);
        Assert.False(starting.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        var outcome = await starting;
        Assert.Equal(InvokeStatus.NotRun, outcome.Status);
        Assert.Contains("its agent has stopped answering: within 30 s it ended neither the start", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oversized frame", "where 65536 are allowed")]
    [InlineData("unknown type", "unexpected frame of type 99")]
    [InlineData("poll without answer", "a poll in state Busy")]
    [InlineData("answer without beginning", "an answer without a beginning")]
    [InlineData("stream beyond credit", "no credit for")]
    [InlineData("too many streams", "more than 256 open streams")]
    [InlineData("truncated result", "unexpected frame of type 7")]
    public async Task A_sandbox_that_breaks_the_protocol_is_killed_with_the_reason_and_its_neighbour_lives_on(string fault, string reason)
    {
        await InvokeAsync("neighbour");
        var answer = _driver.OnInvoke;
        _driver.OnInvoke = () => Faults(fault);

        var outcome = await InvokeAsync("bad");

        Assert.Equal(InvokeStatus.FunctionError, outcome.Status);
        Assert.Contains(reason, System.Text.Encoding.UTF8.GetString(outcome.Payload.Span), StringComparison.Ordinal);
        await UntilAsync(status => status.Sandboxes == 1);
        _driver.OnInvoke = answer;
        Assert.Equal(SandboxStart.Warm, (await InvokeAsync("neighbour")).Start);
    }

    private static byte[] Faults(string fault)
    {
        switch (fault)
        {
            case "oversized frame":
                var header = new byte[FrameHeader.Size];
                BinaryPrimitives.WriteInt32LittleEndian(header, int.MaxValue);
                return header;
            case "unknown type":
                return FakeDriver.Frame((FrameType)99, 0, []);
            case "poll without answer":
                return FakeDriver.Frame(FrameType.Ready, 0, new byte[4]);
            case "answer without beginning":
                return FakeDriver.Frame(FrameType.ResultData, 0, new byte[10]);
            case "stream beyond credit":
                return [.. FakeDriver.Frame(FrameType.StreamOpen, 5, []), .. Enumerable.Repeat(FakeDriver.Frame(FrameType.StreamData, 5, new byte[ChannelProtocol.MaxStreamData]), 9).SelectMany(each => each)];
            case "too many streams":
                return [.. Enumerable.Range(1, 300).SelectMany(each => FakeDriver.Frame(FrameType.StreamOpen, each, []))];
            default:
                return FakeDriver.Frame(FrameType.Result, 1, new byte[3]);
        }
    }

    private Task<InvokeOutcome> InvokeAsync(string function) => _pool.InvokeAsync(Version(function), Request(), CancellationToken.None);

    private static FunctionVersion Version(string function) => new()
    {
        AccountId = "000000000000", Name = function, Version = "1", Arn = $"arn:aws:lambda:us-east-1:000000000000:function:{function}:1", RevisionId = "1",
        Runtime = "nodejs20.x", Handler = "h", Role = "r", CodeSha256 = "c",
    };

    private static InvokeRequest Request() => new() { RequestId = Guid.NewGuid().ToString(), Payload = "{}"u8.ToArray(), InvokedFunctionArn = "arn" };

    private Task ProvisionedAsync(string function, Func<ProvisionedState, bool> isReached) => UntilAsync(_ => isReached(_pool.ProvisionedOf(Version(function))));

    private async Task UntilAsync(Func<WorkerStatus, bool> isReached)
    {
        for (var i = 0; !isReached(_pool.Status); i++)
        {
            Assert.True(i < 6_000, $"not reached in a minute: {_pool.Status}");
            await Task.Delay(10);
        }
    }

    private SandboxPool NewPool()
    {
        var options = new WorkersOptions { Folder = _folder.Path, GuestFolder = "-", MemoryBudgetMiB = 1024, MaxConcurrentStarts = 8, IdleTimeout = TimeSpan.FromMinutes(5) };
        var metrics = new WorkersMetrics(_services.GetRequiredService<IMeterFactory>(), "one", static () => null);
        return new SandboxPool(
            new SandboxContext(_driver, _gateway, new SessionKeys(_time), _logs, options, metrics, _time, NullLogger.Instance), new CodeCache(_folder.Path, _code));
    }

    /// <summary>Never reads: what is sent must stay within its credit.</summary>
    private sealed class SilentGateway : IStorageGateway
    {
        public TaskCompletionSource Accepted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Accept(IDuplexPipe connection, SandboxIdentity who) => Accepted.TrySetResult();

        public Task ServeAsync(System.Net.Sockets.Socket port, SandboxIdentity who, CancellationToken sandboxIsOver) =>
            throw new NotSupportedException("The driver's agents have a channel and nothing else.");
    }

    /// <summary>Empty code is enough: nothing runs it.</summary>
    private sealed class EmptyCode : ICodeSource
    {
        private int _opened;

        /// <summary>How often code was asked for.</summary>
        public int Opened => Volatile.Read(ref _opened);

        /// <summary>Holds the answer back until released; null: it comes at once.</summary>
        public TaskCompletionSource? Gate { get; set; }

        /// <summary>Why there is no code; null: there is.</summary>
        public Exception? Fault { get; set; }

        public async Task<Stream> OpenAsync(string accountId, string codeSha256, CancellationToken cancellationToken)
        {
            var (gate, fault) = (Gate, Fault);
            Interlocked.Increment(ref _opened);
            await (gate?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask);
            if (fault is not null)
            {
                throw fault;
            }

            var stream = new MemoryStream();
            await using (new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                // No entries.
            }

            stream.Position = 0;
            return stream;
        }
    }
}
