namespace Glue.Guest.Telemetry;

/// <summary>Brings one batch of records after the other to an extension, without ever waiting for it.</summary>
internal interface ICourier
{
    /// <summary>What stands before the records of a batch.</summary>
    ReadOnlySpan<byte> Begin { get; }

    /// <summary>What stands between two.</summary>
    ReadOnlySpan<byte> Between { get; }

    /// <summary>What stands behind the last.</summary>
    ReadOnlySpan<byte> End { get; }

    /// <summary>A batch is on its way.</summary>
    bool IsBusy { get; }

    /// <summary>Begins to send a batch.</summary>
    /// <returns>False: there is nobody.</returns>
    bool Send(ReadOnlySpan<byte> batch);

    /// <summary>Its socket can go on.</summary>
    /// <returns>Null: it is not over, or nothing is on its way. True: the extension has the batch. False: it did not take it.</returns>
    bool? Serve();

    /// <summary>It is needed no more.</summary>
    void Close();
}
