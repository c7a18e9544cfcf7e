using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Glue.Functions.Storage;

namespace Glue.Functions.Objects.Staging;

/// <summary>
/// Objects become multipart uploads while they are written, and are completed together at the end; small ones wait in the
/// <see cref="Spool"/> and are put then. Memory is that of the parts under way (20 to 60 MiB), whatever is written.
/// </summary>
public sealed class StagedUploads : IStagedObjects
{
    // Each publisher waits for the store's disk most of its time, and the store syncs for all that wait: more of them, fewer syncs.
    private const int Publishers = 16;

    private readonly StorageClient _storage;
    private readonly string _bucket;
    private readonly Action<string> _warn;
    private readonly PublishingTime _time;
    private readonly Dictionary<string, StagedObject> _objects = new(StringComparer.Ordinal);
    private readonly List<StagedObject> _replaced = [];
    private readonly PartMemory _memory = new(PartMemory.BytesOf(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")));
    private readonly PartUploads _uploads;
    private readonly Spool _spool = new();
    private StagedObject? _current;
    private PartBuffer? _part;
    private int _partBytes;
    private long _written; // of the current object

    /// <param name="storage">Shared by the uploading threads.</param>
    /// <param name="bucket">Where the objects go.</param>
    /// <param name="warn">Told what could not be taken back.</param>
    /// <param name="timeLeft">Until the function is ended.</param>
    public StagedUploads(StorageClient storage, string bucket, Action<string> warn, Func<TimeSpan> timeLeft)
    {
        (_storage, _bucket, _warn, _time) = (storage, bucket, warn, new PublishingTime(storage, bucket, timeLeft));
        _uploads = new PartUploads(storage, _memory);
    }

    public void Begin(string key, long? bytes, StagedDigest? digest = null)
    {
        if (_objects.Remove(key, out var earlier))
        {
            _replaced.Add(earlier);
        }

        _objects[key] = _current = new StagedObject(_bucket, key, bytes, digest);
        _written = 0;
        Rent();
    }

    /// <exception cref="StorageException">An earlier part could not be stored.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_part!.Length == _partBytes)
            {
                HandOver();
                Rent();
            }

            var taken = _part!.Append(bytes, _partBytes);
            _written += taken;
            bytes = bytes[taken..];
        }
    }

    public void End()
    {
        var (staged, part) = (_current!, _part!);
        if (staged.Parts == 0 && _spool.TryKeep(part.Bytes, out var kept))
        {
            staged.Hold(kept, part.Bytes);
        }
        else
        {
            HandOver();
        }

        _current = null;
    }

    /// <exception cref="StorageException">The store refused a part or an object. Those that were published before it stay: each is whole.</exception>
    /// <exception cref="ObjectException">The time that is left does not do.</exception>
    public void Publish()
    {
        _uploads.Finish();
        _time.Demand(_objects.Values, Publishers);
        ExceptionDispatchInfo? failure = null;
        ForEach(_objects.Values, staged =>
        {
            try
            {
                if (failure is null)
                {
                    _time.DemandOne();
                    staged.Publish(_storage);
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            }
        });
        failure?.Throw();
    }

    public void Dispose()
    {
        _uploads.Dispose();
        ForEach(_objects.Values.Concat(_replaced).Where(static staged => staged.HasUpload), staged =>
        {
            try
            {
                staged.Abort();
            }
            catch (Exception e) when (e is StorageException or IOException)
            {
                _warn($"the upload of {_bucket}/{staged.Key} could not be given up, the store keeps its parts until it is: {e.Message}");
            }
        });
        _part?.Dispose();
        _memory.Dispose();
        _spool.Dispose();
    }

    /// <summary>Takes a buffer for the current object's next part.</summary>
    private void Rent()
    {
        _uploads.ThrowIfFailed();
        _partBytes = PartSizes.Of(_current!.Bytes, _current.Parts + 1);
        var expected = _current.Bytes - _written is > 0 and var left ? Math.Min(left, _partBytes) : _partBytes;
        if (_part is { } atHand)
        {
            _part = null;
            _memory.Return(atHand);
        }

        _part = _memory.Rent((int)expected);
        _partBytes = Math.Min(_partBytes, _part.Room); // an object that is longer than was said
        _uploads.ThrowIfFailed();
    }

    private void HandOver()
    {
        _uploads.Add(_current!, ++_current!.Parts, _part!);
        _part = null;
    }

    private static void ForEach(IEnumerable<StagedObject> objects, Action<StagedObject> work)
    {
        var waiting = new ConcurrentQueue<StagedObject>(objects);
        var threads = Enumerable.Range(0, Math.Min(Publishers, waiting.Count)).Select(_ => new Thread(
            () =>
            {
                while (waiting.TryDequeue(out var staged))
                {
                    work(staged);
                }
            },
            256 * 1024) { IsBackground = true }).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
    }
}
