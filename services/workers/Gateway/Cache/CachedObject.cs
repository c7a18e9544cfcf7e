using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Gateway.Cache;

/// <summary>An object's bytes in a file without a name, which are read while they still come from the store. Gone with the process, whatever ends it.</summary>
internal sealed class CachedObject : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly CancellationTokenSource _filling = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _written;
    private Exception? _failure;

    /// <param name="path">Where the file is made, and at once unlinked.</param>
    /// <param name="key">See <see cref="ObjectCache"/>.</param>
    /// <param name="state">Which state of the object it is.</param>
    /// <exception cref="IOException">There is no room for it on the disk.</exception>
    public CachedObject(string path, string key, ObjectState state)
    {
        (Key, State) = (key, state);
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.None, preallocationSize: state.Length);
        File.Delete(path);
    }

    public string Key { get; }

    public ObjectState State { get; }

    /// <summary>Requests that read it now; the cache's lock guards it.</summary>
    public int Readers { get; set; }

    /// <summary>Some of it can be had no more; the cache's lock guards nothing of this.</summary>
    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    public bool IsWhole => Volatile.Read(ref _written) == State.Length;

    /// <summary>Takes the store's answer in as fast as it comes, whoever reads how fast. Throws nothing: readers are told.</summary>
    public async Task FillAsync(HttpResponseMessage answer, int chunkBytes)
    {
        try
        {
            using (answer)
            {
                await using var body = await answer.Content.ReadAsStreamAsync(_filling.Token);
                var chunk = new byte[chunkBytes];
                for (long at = 0; at < State.Length;)
                {
                    var read = await body.ReadAsync(chunk, _filling.Token);
                    if (read == 0)
                    {
                        throw new IOException($"The store sent {at} bytes of {State.Length}.");
                    }

                    RandomAccess.Write(_file, chunk.AsSpan(0, read), at);
                    at += read;
                    Volatile.Write(ref _written, at);
                    Tell();
                }
            }
        }
        catch (Exception e)
        {
            Volatile.Write(ref _failure, e);
            Tell();
        }
    }

    /// <summary>Nobody reads it any more, so nobody needs the rest.</summary>
    public void StopFilling() => _filling.Cancel();

    /// <summary>What is there from a place on; waits for it if need be.</summary>
    /// <returns>How many bytes, above 0.</returns>
    /// <exception cref="IOException">The store broke off.</exception>
    public async ValueTask<int> ReadAsync(long at, Memory<byte> into, CancellationToken cancellationToken)
    {
        while (true)
        {
            var moved = Volatile.Read(ref _moved); // before looking, so that no news is missed
            if (Volatile.Read(ref _written) is var written && written > at)
            {
                return RandomAccess.Read(_file, into.Span[..(int)Math.Min(into.Length, written - at)], at);
            }

            if (Volatile.Read(ref _failure) is { } failure)
            {
                throw new IOException($"The object store broke off: {failure.Message}", failure);
            }

            await moved.Task.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _filling.Dispose();
    }

    private void Tell() => Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
