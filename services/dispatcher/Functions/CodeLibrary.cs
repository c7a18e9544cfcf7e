namespace Glue.Dispatcher.Functions;

/// <summary>
/// Code and who refers to it. All changes of references go through here one at a time, so that code which comes is not taken for unused and what
/// nobody refers to any more is removed.
/// </summary>
internal sealed class CodeLibrary(ICodeStore code) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly List<Func<IEnumerable<string>>> _users = [];

    /// <summary>Digests that <paramref name="inUse"/> gives are kept. Before <see cref="KeepOnlyUsedAsync"/>.</summary>
    public void AddUser(Func<IEnumerable<string>> inUse) => _users.Add(inUse);

    /// <summary>At start: removes what an interrupted change left behind.</summary>
    public async Task KeepOnlyUsedAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            code.KeepOnly(InUse().ToHashSet(StringComparer.Ordinal));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Keeps new code, makes a change of references, and removes code that it left without any.</summary>
    /// <param name="zip">Null: no new code.</param>
    /// <param name="before">What the changed one refers to now; asked with all other changes waiting.</param>
    /// <param name="change">Gets the new code's digest.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    public async Task<T> ChangeAsync<T>(
        ReadOnlyMemory<byte>? zip, Func<IEnumerable<string>> before, Func<string?, Task<T>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var candidates = before().ToHashSet(StringComparer.Ordinal);
            var sha256 = zip is { } bytes ? await code.PutAsync(bytes, cancellationToken) : null;
            if (sha256 is not null)
            {
                candidates.Add(sha256);
            }

            try
            {
                return await change(sha256);
            }
            finally
            {
                RemoveUnused(candidates);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    private IEnumerable<string> InUse() => _users.SelectMany(static user => user());

    private void RemoveUnused(HashSet<string> candidates)
    {
        if (candidates.Count == 0)
        {
            return;
        }

        candidates.ExceptWith(InUse());
        foreach (var sha256 in candidates)
        {
            code.Remove(sha256);
        }
    }
}
