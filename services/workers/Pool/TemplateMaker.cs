using System.Collections.Concurrent;
using System.Threading.Channels;
using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Code;
using Glue.Workers.Logs;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>
/// Makes function snapshots in the background, one at a time: starts a sandbox of the version, lets its runtime initialise and
/// warm up without ever calling the handler, and saves it. Whoever calls meanwhile gets a sandbox in the usual way.
/// </summary>
internal sealed class TemplateMaker : ISandboxHost, IAsyncDisposable
{
    // Engines prepare what ran some times for the next time; more than this changes nothing any more.
    private const int WarmingPings = 20;

    // Longer than any generator trusts its state without looking at the clock again.
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(2);

    private readonly SandboxContext _context;
    private readonly CodeCache _code;
    private readonly Channel<FunctionVersion> _wanted = Channel.CreateUnbounded<FunctionVersion>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<VersionKey, bool> _known = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _polled = new(0);
    private readonly Task _running;

    public TemplateMaker(SandboxContext context, CodeCache code)
    {
        _context = context with { Logs = new DiscardedFunctionLogs() };
        _code = code;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Asks for the version's snapshot, if it may have one and has none. What failed once is not tried again.</summary>
    public void Want(FunctionVersion version)
    {
        if (version.AllowsSnapshot && _context.Driver.NeedsSnapshot(version) && _known.TryAdd(VersionKey.Of(version), true))
        {
            _wanted.Writer.TryWrite(version);
        }
    }

    void ISandboxHost.IsReady(Sandbox sandbox) => _polled.Release();

    void ISandboxHost.IsGone(Sandbox sandbox)
    {
        // Awaited where it was started.
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
        _polled.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var version in _wanted.Reader.ReadAllAsync(_stopping.Token))
            {
                await MakeAsync(version);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The expected way out.
        }
    }

    private async Task MakeAsync(FunctionVersion version)
    {
        try
        {
            using var code = await _code.RentAsync(version, _stopping.Token);
            var command = RuntimeCommand.Of(version, code.Folder, _context.Driver.Runtimes, isTemplate: true);
            if (command.Failure is null) // else its invocations say why
            {
                await MakeAsync(version, code.Folder, command);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            // Whatever it was, sandboxes start without a snapshot as well.
            Log.SnapshotNotMade(_context.Logger, version.Arn, e.Message, e);
        }
    }

    private async Task MakeAsync(FunctionVersion version, string codeFolder, RuntimeCommand command)
    {
        while (_polled.Wait(0, CancellationToken.None))
        {
            // Left over from a template that failed.
        }

        var begun = _context.Time.GetTimestamp();
        var sandbox = new Sandbox(Guid.NewGuid().ToString("N"), version, this, _context);
        var starting = sandbox.StartAsync(new SandboxSpec(sandbox.Id, version, codeFolder, SandboxPurpose.Template), command);
        var end = "its snapshot could not be made";
        try
        {
            var reason = await PrepareAsync(sandbox, starting);
            end = reason ?? "its snapshot is made";
            if (reason is not null)
            {
                Log.SnapshotNotMade(_context.Logger, version.Arn, reason, null);
                return;
            }
        }
        finally
        {
            sandbox.Kill(end);
            await starting; // what the driver could not even begin has no end to wait for
            await sandbox.Gone;
        }

        _known.TryRemove(VersionKey.Of(version), out _); // should it be lost, it may be made again
        Log.SnapshotMade(_context.Logger, version.Arn, _context.Time.GetElapsedTime(begun).TotalMilliseconds);
    }

    /// <returns>Null when saved, else why not.</returns>
    private async Task<string?> PrepareAsync(Sandbox sandbox, Task<SandboxStarted> starting)
    {
        var started = await starting.WaitAsync(_stopping.Token);
        if (!started.IsReady)
        {
            return started.Reason ?? $"its init failed: {started.Failure!.ErrorType}";
        }

        await _polled.WaitAsync(_stopping.Token);
        if (sandbox is { AnswersInternalEvents: true, IsAtSnapshotPoint: false })
        {
            for (var i = 0; i < WarmingPings; i++)
            {
                if (await RunAsync(sandbox, InternalEvents.Ping) is { } failed)
                {
                    return failed;
                }
            }

            // Generators note when they last renewed themselves. Restored, the guest's clock stands before that moment, which makes
            // them renew at the next use (docs/snapshots.md).
            sandbox.SetTime(_context.Time.GetUtcNow() + Ahead, isRestored: true);
            if (await RunAsync(sandbox, InternalEvents.BeforeSnapshot) is { } refused)
            {
                return refused;
            }
        }

        await sandbox.SaveAsync(_stopping.Token);
        return null;
    }

    /// <returns>Null when answered, else why not.</returns>
    private async Task<string?> RunAsync(Sandbox sandbox, string eventId)
    {
        var request = new InvokeRequest { RequestId = eventId, Payload = "{}"u8.ToArray(), InvokedFunctionArn = sandbox.Version.Arn };
        if (!sandbox.TryRun(request, TimeSpan.Zero, out var running))
        {
            return "its sandbox has ended";
        }

        var outcome = await running.WaitAsync(_stopping.Token);
        if (outcome.Status != InvokeStatus.Succeeded)
        {
            return $"its runtime failed: {System.Text.Encoding.UTF8.GetString(outcome.Payload.Span)}"; // a before-snapshot hook, for one
        }

        await _polled.WaitAsync(_stopping.Token);
        return null;
    }
}
