using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Glue.Functions.Storage;

namespace Glue.Functions.Objects.Staging;

/// <summary>
/// Objects of more than one part become multipart uploads that are completed together at the end; a few threads upload while the caller
/// works. Smaller ones wait in the <see cref="Spool"/> and are put then. Memory is that of the part buffers (20 MiB), whatever is written.
/// </summary>
public sealed class StagedUploads : IStagedObjects
{
    private const int Uploaders = 3;
    private const int Buffers = Uploaders + 1;

    // Each publisher waits for the store's disk most of its time, and the store syncs for all that wait: more of them, fewer syncs.
    private const int Publishers = 16;

    private readonly StorageClient _storage;
    private readonly string _bucket;
    private readonly Action<string> _warn;
    private readonly Dictionary<string, StagedObject> _objects = new(StringComparer.Ordinal);
    private readonly BlockingCollection<PartBuffer> _free = [];
    private readonly BlockingCollection<(StagedObject Object, int Number, PartBuffer Part)> _parts = [];
    private readonly Thread[] _uploaders;
    private readonly List<StagedObject> _replaced = [];
    private ExceptionDispatchInfo? _failure;
    private StagedObject? _current;
    private PartBuffer? _part;
    private int _partBytes;
    private readonly Spool _spool = new();

    /// <param name="storage">Shared by the uploading threads.</param>
    /// <param name="bucket">Where the objects go.</param>
    /// <param name="warn">Told what could not be taken back.</param>
    public StagedUploads(StorageClient storage, string bucket, Action<string> warn)
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
        if (_objects.Remove(key, out var earlier))
        {
            _replaced.Add(earlier);
        }

        _objects[key] = _current = new StagedObject(_bucket, key, bytes);
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
        var (staged, part) = (_current!, _part!);
        if (staged.Parts == 0 && (_spool.TryKeep(part.Bytes, out var held) || part.Length == 0))
        {
            staged.Held = held;
        }
        else if (part.Length > 0)
        {
            HandOver();
        }

        _current = null;
    }

    /// <exception cref="StorageException">The store refused a part or an object. Those that were published before it stay: each is whole.</exception>
    public void Publish()
    {
        StopUploaders();
        _failure?.Throw();
        var objects = new ConcurrentQueue<StagedObject>(_objects.Values);
        InParallel(Math.Min(Publishers, objects.Count), () =>
        {
            while (_failure is null && objects.TryDequeue(out var staged))
            {
                staged.Publish(_storage);
            }
        });
        _failure?.Throw();
    }

    public void Dispose()
    {
        _failure ??= ExceptionDispatchInfo.Capture(new OperationCanceledException()); // what still waits is not sent any more
        StopUploaders();
        var objects = new ConcurrentQueue<StagedObject>(_objects.Values.Concat(_replaced).Where(static staged => staged.HasUpload));
        InParallel(Math.Min(Publishers, objects.Count), () =>
        {
            while (objects.TryDequeue(out var staged))
            {
                try
                {
                    staged.Abort();
                }
                catch (Exception e) when (e is StorageException or IOException)
                {
                    _warn($"the upload of {_bucket}/{staged.Key} could not be given up, the store keeps its parts until it is: {e.Message}");
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
        _spool.Dispose();
    }

    /// <summary>Takes a free buffer for the current object's next part, or keeps the one at hand.</summary>
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
        foreach (var (staged, number, part) in _parts.GetConsumingEnumerable())
        {
            try
            {
                if (_failure is null)
                {
                    staged.Send(_storage, number, part.Bytes);
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

    private void InParallel(int count, Action work)
    {
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(
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
