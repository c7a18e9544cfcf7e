using Glue.Contracts.Channel;

namespace Glue.Workers.Sandboxes;

/// <summary>What an agent can tell, always on the channel's reader.</summary>
internal interface IAgentEvents
{
    /// <summary>The agent runs.</summary>
    void Greeted(uint protocol);

    /// <summary>The runtime polls.</summary>
    /// <param name="sinceStart">Since the runtime was started, or told of its restore.</param>
    /// <param name="answersInternalEvents">It said that it knows <see cref="InternalEvents"/>.</param>
    void Polled(TimeSpan sinceStart, bool answersInternalEvents);

    /// <summary>The runtime waits to be restored: it wants to be saved now.</summary>
    void ReachedSnapshotPoint(TimeSpan sinceStart);

    /// <summary>Output of the runtime (1 is standard output, 2 standard error) or of an extension (3 and above).</summary>
    void Wrote(int output, ReadOnlySpan<byte> bytes);

    /// <summary>The runtime begins to stream its answer.</summary>
    /// <param name="number">Of the answer, as the agent counts them.</param>
    /// <param name="contentType">As the runtime said; perhaps empty.</param>
    void ResponseBegan(int number, string contentType);

    /// <summary>More of that answer.</summary>
    void ResponseGrew(int number, ReadOnlySpan<byte> data);

    /// <summary>An extension has done its init.</summary>
    void ExtensionIsReady(string name, IReadOnlyList<string> events);

    /// <summary>An invocation is over, or the whole sandbox.</summary>
    void Finished(in ResultMessage message, string errorType, byte[] payload);

    /// <summary>Nothing more will come: the agent waits to be ended.</summary>
    void SaidAll();

    /// <summary>A frame of a storage stream.</summary>
    void StreamMoved(in FrameHeader header, ReadOnlySpan<byte> payload);

    /// <summary>Everything that had arrived is told.</summary>
    void Settle();
}
