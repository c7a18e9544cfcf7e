namespace Glue.Workers.Code;

/// <summary>Keeps unpacked code in place while a sandbox uses it.</summary>
internal sealed class CodeLease(string folder, Action release) : IDisposable
{
    private Action? _release = release;

    public string Folder { get; } = folder;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
