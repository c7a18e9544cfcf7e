using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Channels;
using Glue.Workers.Logs;

namespace Glue.Workers.Sandboxes;

/// <summary>
/// The invocation a sandbox runs, and the one it has just answered: whoever waits for the answer is told after everything that arrived with
/// it. Put and taken under the sandbox's lock, all else by its reader.
/// </summary>
internal sealed class AttemptSlot(string sandboxId, FunctionVersion version, SandboxLog log, SandboxContext context)
{
    private Attempt? _running;
    private Attempt? _answered;

    public bool IsEmpty => Volatile.Read(ref _running) is null;

    /// <summary>Of a template: events are not the user's, so no log and no bill.</summary>
    public bool IsOfTemplate { get; set; }

    public void Put(Attempt attempt) => _running = attempt;

    /// <summary>It is over; null: none ran.</summary>
    public Attempt? Take()
    {
        var attempt = _running;
        _running = null;
        return attempt;
    }

    /// <exception cref="ChannelException">Nothing runs, or its answer has begun already.</exception>
    public void BeginResponse(int number, string contentType, ChannelWriter writer)
    {
        if (_running is not { Response: null } attempt)
        {
            throw new ChannelException("an answer where none is due");
        }

        attempt.Response = new StreamedResponse(number, contentType, writer, attempt.Request.Streams);
    }

    /// <exception cref="ChannelException">No answer has begun, or it is another one.</exception>
    public void GrowResponse(int number, ReadOnlySpan<byte> data)
    {
        var response = _running?.Response ?? throw new ChannelException("a part of an answer that has not begun");
        response.Receive(number, data);
    }

    /// <summary>Closes it, with what it came to. <see cref="Tell"/> lets the answer go.</summary>
    public void Settle(Attempt attempt, in ResultMessage message, FunctionFailure? failure, byte[] payload)
    {
        attempt.Settle(IsOfTemplate
            ? attempt.ToOutcome(sandboxId, message, failure, payload)
            : InvocationReport.Close(attempt, log, sandboxId, version, message, failure, payload, context.Metrics));
        _answered = attempt;
    }

    public void Tell()
    {
        if (_answered is { } answered)
        {
            _answered = null;
            answered.Complete();
        }
    }
}
