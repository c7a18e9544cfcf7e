namespace Glue.Contracts.Channel;

/// <summary>How an invocation, or the init phase before it, ended. After an error of init or restore, a timeout, an exit, too much memory, no start or a failed extension the sandbox ends.</summary>
public enum ResultKind : byte
{
    /// <summary>The runtime posted a response.</summary>
    Response = 0,

    /// <summary>The runtime posted an invocation error, or ended a streamed answer with one.</summary>
    Error = 1,

    /// <summary>The runtime posted an init error.</summary>
    InitError = 2,

    /// <summary>The deadline passed; the agent killed everything.</summary>
    TimedOut = 3,

    /// <summary>The runtime's process ended; <see cref="ResultMessage.ExitStatus"/> is what wait(2) said.</summary>
    Exited = 4,

    /// <summary>The answer passed <see cref="ChannelProtocol.MaxResultBytes"/>, a streamed one <see cref="ChannelProtocol.MaxStreamedBytes"/>. The sandbox lives on.</summary>
    TooLarge = 5,

    /// <summary>The runtime could not be started; <see cref="ResultMessage.ExitStatus"/> is errno.</summary>
    NotStarted = 6,

    /// <summary>The runtime held more memory than the function may; the agent killed everything.</summary>
    OutOfMemory = 7,

    /// <summary>The runtime posted an error of what it does after a restore.</summary>
    RestoreError = 8,

    /// <summary>
    /// An extension failed; the error type says how (<c>Extension.Crash</c>, …), the answer is its name and what it said, and
    /// <see cref="ResultMessage.ExitStatus"/> what wait(2) said of a crash.
    /// </summary>
    ExtensionFailed = 9,
}
