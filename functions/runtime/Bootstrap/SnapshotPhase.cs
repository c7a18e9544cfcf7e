namespace Glue.Functions.Runtime;

/// <summary>
/// From init to the first event of a sandbox that is to become a snapshot: answers the sandbox's own events without the handler, so
/// that what an invocation needs has run once, then lets itself be saved. Every restored copy goes on behind it.
/// </summary>
/// <param name="api">The Runtime API.</param>
internal sealed class SnapshotPhase(RuntimeApiClient api)
{
    private const string Ping = "glue-ping", BeforeSnapshot = "glue-before-snapshot";

    /// <summary>Whether <c>AWS_LAMBDA_INITIALIZATION_TYPE</c> says that this sandbox is to become a snapshot.</summary>
    public static bool IsDue => Environment.GetEnvironmentVariable("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start";

    /// <summary>A hook failed, which was reported: this process must end.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Answers the sandbox's own event. False: it is the function's.</summary>
    public async ValueTask<bool> TakeAsync(RuntimeInvocation invocation)
    {
        var id = invocation.Context.AwsRequestId;
        if (id == BeforeSnapshot)
        {
            await LeaveAsync(id);
            return true;
        }

        if (id == Ping)
        {
            FunctionLog.Current.LogInformation("warm-up"); // nobody reads this log
            api.Respond(id, invocation.Event);
            return true;
        }

        return false;
    }

    private async ValueTask LeaveAsync(string id)
    {
        try
        {
            await SnapshotRestore.RunBeforeSnapshotAsync();
        }
        catch (Exception e)
        {
            Fail(e);
            api.ReportError(id, e);
            return;
        }

        GC.Collect(); // what init left behind need not be in every copy
        api.RespondAlone(id);
        if (!SnapshotRestore.HasAfterRestore)
        {
            return; // the next poll saves it as well
        }

        api.AwaitRestore();
        try
        {
            await SnapshotRestore.RunAfterRestoreAsync();
        }
        catch (Exception e)
        {
            Fail(e);
            api.ReportRestoreError(e);
        }
    }

    private void Fail(Exception e)
    {
        FunctionLog.Current.LogCritical(e.ToString());
        Environment.ExitCode = 1;
        HasFailed = true;
    }
}
