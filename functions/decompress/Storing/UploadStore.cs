using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Glue.Functions.Storage;

namespace Glue.Functions.Decompress.Storing;

/// <summary>
/// Members become multipart uploads that are completed together at the end. A few threads upload while the caller unpacks; memory is
/// that of the part buffers and of the small members that wait (28 MiB), whatever the archive's size.
/// </summary>
internal sealed class UploadStore : IMemberStore
{
    private const int Uploaders = 3;
    private const int Buffers = Uploaders + 1;
    private const int MostHeldBytes = 256 * 1024; // of one member: below it, a PUT at the end costs less than an upload in parts
    private const int MostHeldInAll = 8 * 1024 * 1024;

    private readonly StorageClient _storage;
    private readonly string _bucket;
    private readonly Action<string> _warn;
    private readonly Dictionary<string, PendingMember> _members = new(StringComparer.Ordinal);
    private readonly BlockingCollection<PartBuffer> _free = [];
    private readonly BlockingCollection<(PendingMember Member, int Number, PartBuffer Part)> _parts = [];
    private readonly Thread[] _uploaders;
    private readonly List<PendingMember> _replaced = [];
    private ExceptionDispatchInfo? _failure;
    private PendingMember? _current;
    private PartBuffer? _part;
    private int _partBytes;
    private int _held;

    /// <param name="storage">Shared by the uploading threads.</param>
    /// <param name="bucket">Where the members go.</param>
    /// <param name="warn">Told what could not be taken back.</param>
    public UploadStore(StorageClient storage, string bucket, Action<string> warn)
    {
        (_storage, _bucket, _warn) = (storage, bucket, warn);
        for (var i = 0; i < Buffers; i++)
        {
            _free.Add(new PartBuffer());
        }

        _uploaders = [.. Enumerable.Range(0, Uploaders).Select(_ => new Thread(Upload, 256 * 1024) { IsBackground = true })];
        foreach (var uploader in _uploaders)
        {
            uploader.Start();
        }
    }

    public void Begin(string key, long? bytes)
    {
        if (_members.Remove(key, out var earlier))
        {
            _held -= earlier.Held?.Length ?? 0;
            _replaced.Add(earlier);
        }

        _members[key] = _current = new PendingMember(_bucket, key, bytes);
        Rent();
    }

    /// <exception cref="StorageException">An earlier part could not be stored.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_part!.Free(_partBytes) == 0)
            {
                HandOver();
                Rent();
            }

            var now = bytes[..Math.Min(bytes.Length, _part.Free(_partBytes))];
            _part.Append(now);
            bytes = bytes[now.Length..];
        }
    }

    public void End()
    {
        var (member, part) = (_current!, _part!);
        if (member.Parts == 0 && (part.Length == 0 || (part.Length <= MostHeldBytes && _held + part.Length <= MostHeldInAll)))
        {
            member.Held = part.Bytes.ToArray();
            _held += part.Length;
        }
        else if (part.Length > 0)
        {
            HandOver();
        }

        _current = null;
    }

    /// <exception cref="StorageException">The store refused a part or a member. Members that were published before it stay: each is whole.</exception>
    public void Publish()
    {
        StopUploaders();
        _failure?.Throw();
        var members = new ConcurrentQueue<PendingMember>(_members.Values);
        InParallel(() =>
        {
            while (_failure is null && members.TryDequeue(out var member))
            {
                member.Publish(_storage);
            }
        });
        _failure?.Throw();
    }

    public void Dispose()
    {
        _failure ??= ExceptionDispatchInfo.Capture(new OperationCanceledException()); // what still waits is not sent any more
        StopUploaders();
        var members = new ConcurrentQueue<PendingMember>(_members.Values.Concat(_replaced));
        InParallel(() =>
        {
            while (members.TryDequeue(out var member))
            {
                try
                {
                    member.Abort();
                }
                catch (Exception e) when (e is StorageException or IOException)
                {
                    _warn($"the upload of {_bucket}/{member.Key} could not be given up, the store keeps its parts until it is: {e.Message}");
                }
            }
        });
        _part?.Dispose();
        while (_free.TryTake(out var buffer))
        {
            buffer.Dispose();
        }

        _free.Dispose();
        _parts.Dispose();
    }

    /// <summary>Takes a free buffer for the current member's next part, or keeps the one at hand.</summary>
    private void Rent()
    {
        _failure?.Throw();
        _part ??= _free.Take(); // an uploader gives its buffer back whatever happens to the part
        _failure?.Throw();
        _partBytes = PartSizes.Of(_current!.Bytes, _current.Parts + 1);
        _part.Reset(_partBytes);
    }

    private void HandOver()
    {
        _parts.Add((_current!, ++_current!.Parts, _part!));
        _part = null;
    }

    private void Upload()
    {
        foreach (var (member, number, part) in _parts.GetConsumingEnumerable())
        {
            try
            {
                if (_failure is null)
                {
                    member.Send(_storage, number, part.Bytes);
                }
            }
            catch (Exception e)
            {
                Fail(e);
            }
            finally
            {
                _free.Add(part);
            }
        }
    }

    private void StopUploaders()
    {
        if (!_parts.IsAddingCompleted)
        {
            _parts.CompleteAdding();
        }

        foreach (var uploader in _uploaders)
        {
            uploader.Join();
        }
    }

    private void InParallel(Action work)
    {
        var threads = Enumerable.Range(0, Uploaders).Select(_ => new Thread(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    Fail(e);
                }
            },
            256 * 1024) { IsBackground = true }).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
    }

    private void Fail(Exception e) => Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
}
