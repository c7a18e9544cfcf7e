using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Glue.Foundation.InProcess;

/// <summary>
/// A pipe's reader that can be made to fail from outside. Kestrel trusts a transport to end its reads when a connection is aborted, as
/// a socket does; a bare pipe would keep it waiting for the next request for ever.
/// </summary>
internal sealed class AbortableInput(PipeReader inner) : PipeReader
{
    private volatile ConnectionAbortedException? _aborted;

    public void Abort(ConnectionAbortedException reason)
    {
        _aborted = reason;
        inner.CancelPendingRead();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfAborted();
        var read = inner.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Checked(read.Result)) : AwaitAsync(read);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfAborted();
        return inner.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read) => Checked(await read);

    private ReadResult Checked(ReadResult result)
    {
        if (_aborted is not null)
        {
            inner.AdvanceTo(result.Buffer.Start);
            ThrowIfAborted();
        }

        return result;
    }

    private void ThrowIfAborted()
    {
        if (_aborted is { } reason)
        {
            throw new ConnectionAbortedException(reason.Message, reason);
        }
    }
}
