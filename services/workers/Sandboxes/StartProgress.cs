using System.Diagnostics;

namespace Glue.Workers.Sandboxes;

/// <summary>How far a sandbox's start has come: its agent's first word, its runtime's first poll, or why there was none.</summary>
internal sealed class StartProgress
{
    private readonly TaskCompletionSource<SandboxStarted> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAgentUp;
    private Activity? _activity;

    public Task<SandboxStarted> Result => _result.Task;

    public bool IsOver => _result.Task.IsCompleted;

    public bool IsAgentUp => Volatile.Read(ref _isAgentUp);

    /// <summary>From the runtime's start, or its restore, to its first poll.</summary>
    public TimeSpan InitDuration { get; private set; }

    /// <summary>Whose events are the stages to come; null: nobody listens any more.</summary>
    public void Trace(Activity? activity) => _activity = activity;

    public void AgentGreets()
    {
        _activity?.AddEvent(new ActivityEvent("agent greets"));
        Volatile.Write(ref _isAgentUp, true);
    }

    public void RuntimePolls(TimeSpan sinceStart)
    {
        InitDuration = sinceStart;
        _activity?.AddEvent(new ActivityEvent("runtime polls"));
        _result.TrySetResult(SandboxStarted.Ready);
    }

    public void Fail(SandboxStarted why) => _result.TrySetResult(why);
}
