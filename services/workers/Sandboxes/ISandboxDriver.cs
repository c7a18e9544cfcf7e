using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Runtimes;

namespace Glue.Workers.Sandboxes;

/// <summary>
/// A way to make a sandbox: start the agent in it, with a channel to it. All else (protocol, pool, logs, limits in time) is the same
/// for every driver.
/// </summary>
public interface ISandboxDriver : IAsyncDisposable
{
    /// <summary><c>process</c> or <c>microvm</c>.</summary>
    string Name { get; }

    /// <summary>What this machine allows, found out once at start.</summary>
    SandboxSupport Support { get; }

    /// <summary>The runtimes its sandboxes have.</summary>
    RuntimeCatalog Runtimes { get; }

    /// <summary>Whether the version's sandboxes would start from a snapshot of it, and none is there.</summary>
    bool NeedsSnapshot(FunctionVersion version) => false;

    /// <summary>Starts an agent. Its first frame has not been read yet when this returns.</summary>
    /// <exception cref="SandboxStartException">It could not be started; nothing is left of it.</exception>
    Task<IRunningSandbox> StartAsync(SandboxSpec spec, CancellationToken cancellationToken);
}

/// <summary>A sandbox as its driver knows it. Disposing ends it and returns when nothing of it is left.</summary>
public interface IRunningSandbox : IAsyncDisposable
{
    /// <summary>The byte stream to the agent; end of stream means that the sandbox is over. Owned by this.</summary>
    System.Net.Sockets.Socket Channel { get; }

    /// <summary>
    /// Once the agent has spoken: the listening socket of the storage port inside, which is its taker's from now on. Null: what connects there comes
    /// as streams of the channel.
    /// </summary>
    /// <exception cref="Channels.ChannelException">The agent has sent none, or something else.</exception>
    System.Net.Sockets.Socket? TakeStoragePort() => null;

    /// <summary>How it came to be.</summary>
    SandboxStart StartKind { get; }

    /// <summary>Anonymous memory the agent lets the runtime hold, in KiB; 0: the driver limits memory itself, exactly.</summary>
    uint GuardedMemoryKiB { get; }

    /// <summary>RLIMIT_DATA for the runtime; 0: not needed.</summary>
    ulong DataLimitBytes { get; }

    /// <summary>It waits for its next invocation: the driver may freeze it. Never called while it runs one.</summary>
    void Rest()
    {
        // Waiting costs a process nothing.
    }

    /// <summary>An invocation follows at once. True: it was frozen, and must be told what time it is.</summary>
    bool Wake() => false;

    /// <summary>Of a template: saves it as it is now; the snapshot is there when this has been disposed. It runs no more.</summary>
    Task SaveAsync(CancellationToken cancellationToken) => throw new NotSupportedException("This driver has no snapshots.");

    /// <summary>Ends everything in it at once. Safe to call more than once and from any thread.</summary>
    void Kill();

    /// <summary>Whether the kernel killed something in it for want of memory.</summary>
    bool WasOutOfMemory();

    /// <summary>What it said outside the channel, e.g. why it could not start; empty when nothing.</summary>
    string ReadComplaints();
}
