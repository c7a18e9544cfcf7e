using System.Buffers;
using System.IO.Pipelines;

namespace Glue.Workers.Channels;

/// <summary>Tells how many bytes its user is done with: that is the credit the other side gets back.</summary>
internal sealed class CreditingReader(PipeReader inner, Action<int> consumed, Action completed) : PipeReader
{
    private ReadOnlySequence<byte> _last;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var result = await inner.ReadAsync(cancellationToken);
        _last = result.Buffer;
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }

        _last = result.Buffer;
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumedTo, SequencePosition examined)
    {
        var count = _last.Slice(0, consumedTo).Length; // before the segments go back to their pool
        _last = default;
        inner.AdvanceTo(consumedTo, examined);
        if (count > 0)
        {
            consumed((int)count);
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        inner.Complete(exception);
        completed();
    }
}
