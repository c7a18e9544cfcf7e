namespace Glue.FunctionLogs.Appending;

/// <summary>What a buffer needs of the queue it belongs to.</summary>
internal interface ILogQueue
{
    /// <summary>Room for a line. False: there is none, and the line must be dropped.</summary>
    /// <param name="bytes">With <see cref="LogBuffer.LineOverhead"/>.</param>
    /// <param name="waiting">What the stream has waiting already: one stream may not take the whole queue.</param>
    bool TryReserve(int bytes, int waiting);

    /// <summary>Room for a note about dropped lines, which is kept whatever else waits.</summary>
    void Reserve(int bytes);

    /// <summary>Something waits in this buffer now; told once until it is taken.</summary>
    void Waits(LogBuffer buffer);

    void Dropped(long lines);
}
