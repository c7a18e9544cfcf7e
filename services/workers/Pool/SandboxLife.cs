using Glue.Workers.Code;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>One sandbox from its code to its end.</summary>
internal sealed class SandboxLife(SandboxContext context, CodeCache code)
{
    /// <summary>Starts it, tells what came of that, and returns when nothing is left of it. Its code stays in place that long.</summary>
    public async Task RunAsync(Sandbox sandbox, SandboxPurpose purpose, Action<SandboxStarted> started)
    {
        await Task.Yield();
        CodeLease? lease = null;
        SandboxStarted result;
        try
        {
            lease = await code.RentAsync(sandbox.Version, CancellationToken.None);
            var command = RuntimeCommand.Of(sandbox.Version, lease.Folder, context.Driver.Runtimes);
            result = command.Failure is { } failure
                ? sandbox.Abandon(failure)
                : await sandbox.StartAsync(new SandboxSpec(sandbox.Id, sandbox.Version, lease.Folder, purpose), command);
        }
        catch (InvalidCodeException e)
        {
            result = sandbox.Abandon(new FunctionFailure("Runtime.InvalidCode", e.Message));
        }
        catch (Exception e) // the code store failed, or the protocol's limits: the request learns why, the worker goes on
        {
            Log.SandboxNotStarted(context.Logger, sandbox.Id, sandbox.Version.Arn, e);
            result = new SandboxStarted(null, $"The sandbox could not start: {e.Message}");
            sandbox.Abandon(null, result.Reason);
        }

        started(result);
        await sandbox.Gone;
        lease?.Dispose();
    }
}
