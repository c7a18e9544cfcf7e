namespace Glue.Workers;

/// <summary>The workers of this process.</summary>
public sealed class WorkerSet : IAsyncDisposable
{
    internal WorkerSet(IReadOnlyList<Worker> workers) => All = workers;

    /// <summary>One at least.</summary>
    public IReadOnlyList<Worker> All { get; }

    /// <summary>Stops them at the same time: together they may take as long as one.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(All.Select(static worker => worker.DisposeAsync().AsTask()));
}
