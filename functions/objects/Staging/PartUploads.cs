using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Glue.Functions.Storage;

namespace Glue.Functions.Objects.Staging;

/// <summary>
/// Sends parts while the caller makes more of them. Each sender waits for the store's disk most of its time, and the store syncs for all
/// that wait, so there are as many as the parts that wait keep busy.
/// </summary>
internal sealed class PartUploads(StorageClient storage, PartMemory memory) : IDisposable
{
    private const int MostSenders = 12;

    private readonly BlockingCollection<(StagedObject Object, int Number, PartBuffer Part)> _waiting = [];
    private readonly List<Thread> _senders = [];
    private ExceptionDispatchInfo? _failure;

    /// <summary>Sends a part, and gives its buffer back whatever happens.</summary>
    /// <exception cref="StorageException">An earlier part could not be stored.</exception>
    public void Add(StagedObject staged, int number, PartBuffer part)
    {
        if (_senders.Count < MostSenders && (_senders.Count == 0 || _waiting.Count > 0))
        {
            var sender = new Thread(SendAll, 256 * 1024) { IsBackground = true };
            _senders.Add(sender);
            sender.Start();
        }

        _waiting.Add((staged, number, part));
    }

    public void ThrowIfFailed() => _failure?.Throw();

    /// <summary>Returns when every part is in the store, or one has failed and the others have been dropped.</summary>
    /// <exception cref="StorageException">One could not be stored.</exception>
    public void Finish()
    {
        if (!_waiting.IsAddingCompleted)
        {
            _waiting.CompleteAdding();
        }

        _senders.ForEach(static sender => sender.Join());
        ThrowIfFailed();
    }

    /// <summary>What still waits is not sent any more.</summary>
    public void Dispose()
    {
        Fail(new OperationCanceledException());
        _waiting.CompleteAdding();
        _senders.ForEach(static sender => sender.Join());
        _waiting.Dispose();
    }

    private void SendAll()
    {
        foreach (var (staged, number, part) in _waiting.GetConsumingEnumerable())
        {
            try
            {
                staged.Digest(number, part.Bytes); // even after a failure: a later part may be waiting for this one
                if (_failure is null)
                {
                    staged.Send(storage, number, part.Bytes);
                }
            }
            catch (Exception e)
            {
                Fail(e);
            }
            finally
            {
                memory.Return(part);
            }
        }
    }

    private void Fail(Exception e) => Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
}
