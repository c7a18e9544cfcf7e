namespace Glue.Dispatcher.Functions;

/// <summary>
/// Code, and how many refer to it. All changes of references go through here one at a time, so that code which comes is not taken for unused and what
/// nobody refers to any more is removed.
/// </summary>
internal sealed class CodeLibrary(ICodeStore code) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Dictionary<string, int> _references = new(StringComparer.Ordinal);

    /// <summary>At start: removes what an interrupted change left behind. Functions and layers have counted theirs.</summary>
    public async Task KeepOnlyUsedAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            code.KeepOnly(_references.Keys.ToHashSet(StringComparer.Ordinal));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Counts what is referred to already. Before <see cref="KeepOnlyUsedAsync"/>, while nobody else is here yet.</summary>
    public void Load(IEnumerable<string> inUse)
    {
        foreach (var sha256 in inUse)
        {
            Count(sha256, 1);
        }
    }

    /// <summary>Keeps new code, makes a change of references, and removes code that it left without any.</summary>
    /// <param name="zip">Null: no new code.</param>
    /// <param name="change">Gets the new code's digest; returns what it was about, and when that is durable which digests are referred to once more and once less.</param>
    /// <param name="tell">Gets the result before the next change begins.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    public async Task<T> ChangeAsync<T>(
        ReadOnlyMemory<byte>? zip, Func<string?, Task<(T Result, CodeReferences References)>> change, Action<T>? tell, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var sha256 = zip is { } bytes ? await code.PutAsync(bytes, cancellationToken) : null;
            var references = CodeReferences.Unchanged;
            T result;
            try
            {
                (result, references) = await change(sha256);
            }
            finally
            {
                Apply(references, sha256);
            }

            tell?.Invoke(result);
            return result;
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    private void Apply(CodeReferences references, string? put)
    {
        foreach (var sha256 in references.More)
        {
            Count(sha256, 1);
        }

        foreach (var sha256 in references.Less)
        {
            Count(sha256, -1);
        }

        foreach (var sha256 in references.Less.Concat(put is null ? [] : [put]).Where(sha256 => !_references.ContainsKey(sha256)).Distinct(StringComparer.Ordinal))
        {
            code.Remove(sha256);
        }
    }

    private void Count(string sha256, int change)
    {
        var count = _references.GetValueOrDefault(sha256) + change;
        if (count > 0)
        {
            _references[sha256] = count;
        }
        else
        {
            _references.Remove(sha256);
        }
    }
}
