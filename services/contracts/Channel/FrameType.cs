namespace Glue.Contracts.Channel;

/// <summary>
/// What a frame on the channel between a worker and the agent in a sandbox says. The numbers are the wire format: agent and
/// worker of one build always match (the agent is started by the worker), yet a snapshot may outlive a restart, so never reuse one.
/// </summary>
public enum FrameType : byte
{
    /// <summary>Agent → worker, first frame: it runs. Payload: <see cref="ChannelProtocol.Version"/> (u32).</summary>
    Hello = 1,

    /// <summary>Worker → agent, once: what to run (<see cref="InitMessage"/>). Stream <see cref="InitMessage.Template"/>: to become a snapshot.</summary>
    Init = 2,

    /// <summary>
    /// Agent → worker: the runtime asked for the next event; payload u32 microseconds since the runtime was started (the first is the
    /// init duration), or since it was told of its restore. Stream <see cref="InternalEvents.Answered"/>: it answers internal events.
    /// </summary>
    Ready = 3,

    /// <summary>Worker → agent: one invocation (<see cref="InvokeMessage"/>), with the first part of its event.</summary>
    Invoke = 4,

    /// <summary>Worker → agent: a further part of the event announced by <see cref="Invoke"/>.</summary>
    InvokeData = 5,

    /// <summary>Agent → worker: a part of the runtime's answer; the last part comes with <see cref="Result"/>.</summary>
    ResultData = 6,

    /// <summary>Agent → worker: the invocation (or the init phase) is over (<see cref="ResultMessage"/>).</summary>
    Result = 7,

    /// <summary>Agent → worker: bytes the runtime wrote; stream 1 is standard output, 2 standard error, and 3 and above what the extensions wrote, in the order of <see cref="InitMessage"/>.</summary>
    Log = 8,

    /// <summary>Agent → worker: the agent cannot go on; payload says why in UTF-8. It exits after this.</summary>
    Fault = 9,

    /// <summary>Worker → agent of a microVM, after its boot, every restore and every pause (<see cref="ResumeMessage"/>); answered by <see cref="Hello"/>.</summary>
    Resume = 10,

    /// <summary>
    /// Agent → worker: the runtime of a template asked for <c>restore/next</c> and waits: this is the moment to save. Payload u32
    /// microseconds since the runtime was started. The <see cref="Init"/> that follows a restore answers it.
    /// </summary>
    SnapshotPoint = 11,

    /// <summary>
    /// Worker → agent: the sandbox is given up, and its extensions are to be told. No payload. The agent ends the runtime, lets them finish
    /// for <see cref="InitMessage.ShutdownTimeoutMs"/>, and ends.
    /// </summary>
    Shutdown = 12,

    /// <summary>Agent → worker: an extension has done its init. Payload: its name and the events it registered for, a line each, UTF-8.</summary>
    Extension = 13,

    /// <summary>
    /// Agent → worker of a microVM, last frame: everything has been said, the worker ends the sandbox. Were the guest to power itself off, what its
    /// VMM has not handed on by then would be lost with it.
    /// </summary>
    Over = 14,

    /// <summary>Agent → worker: a function connected to the storage port of its microVM; the stream number is new.</summary>
    StreamOpen = 16,

    /// <summary>Both: bytes of a stream, at most <see cref="ChannelProtocol.MaxStreamData"/> and never more than the credit given.</summary>
    StreamData = 17,

    /// <summary>Both: no more bytes from this side.</summary>
    StreamEof = 18,

    /// <summary>Both: the stream is dead, both ways; the other side answers nothing.</summary>
    StreamClose = 19,

    /// <summary>Both: payload u32, so many more bytes may be sent.</summary>
    StreamCredit = 20,

    /// <summary>
    /// Agent → worker: the runtime streams its answer to the invocation that runs; the stream number is the answer's, counted on its own. Payload:
    /// its content type (UTF-8), perhaps empty. Its end comes with <see cref="Result"/>, which then has no part of it.
    /// </summary>
    ResponseStart = 24,

    /// <summary>Agent → worker: bytes of that answer, at most <see cref="ChannelProtocol.MaxStreamData"/> and never more than the credit given.</summary>
    ResponseData = 25,

    /// <summary>Worker → agent: payload u32, so many more bytes of that answer may be sent.</summary>
    ResponseCredit = 26,
}
