using System.Globalization;
using Glue.Workers.Drivers.MicroVm;

namespace Glue.Workers;

/// <summary>
/// What each of a process's workers gets. They share one machine, so what is set for it is divided: more workers never mean more memory. Each
/// has a folder and user ids of its own, as if it were alone; the first one's are the only worker's, so that a change of their number keeps its snapshots.
/// </summary>
public static class WorkerShares
{
    // More than a worker has sandboxes (4096), templates and VMMs that wait.
    private const uint UsersPerWorker = 10_000;

    /// <returns>Options of one worker each, with nothing left to be found out: a memory budget and a number of starts are stated.</returns>
    public static IReadOnlyList<WorkersOptions> Of(WorkersOptions options)
    {
        var budgetMiB = options.MemoryBudgetMiB > 0
            ? options.MemoryBudgetMiB
            : (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024) * 3 / 4);
        var starts = options.MaxConcurrentStarts > 0 ? options.MaxConcurrentStarts : Environment.ProcessorCount;
        return [.. Enumerable.Range(0, options.Count).Select(worker => options with
        {
            Id = worker == 0 ? options.Id : string.Create(CultureInfo.InvariantCulture, $"{options.Id}-{worker + 1}"),
            Count = 1,
            Folder = worker == 0 ? options.Folder : Path.Combine(options.Folder, FolderOf(worker)),
            MaxSandboxes = Part(options.MaxSandboxes, worker, options.Count),
            MemoryBudgetMiB = Part(budgetMiB, worker, options.Count),
            MaxConcurrentStarts = Math.Max(1, Part(starts, worker, options.Count)),
            FirstUserId = options.FirstUserId + ((uint)worker * UsersPerWorker),
        })];
    }

    /// <summary>How each of so many workers runs its guests.</summary>
    public static IReadOnlyList<MicroVmOptions> Of(MicroVmOptions options, int workers) => workers == 1 ? [options] : [.. Enumerable.Range(0, workers).Select(worker => options with
    {
        SnapshotMemoryMiB = Math.Max(64, options.SnapshotMemoryMiB / workers),
        WaitingMemoryMiB = options.WaitingMemoryMiB / workers,
        SnapshotDiskMiB = Math.Max(256, options.SnapshotDiskMiB / workers),
        SnapshotFolder = options.SnapshotFolder is { } folder ? Path.Combine(folder, FolderOf(worker)) : null,
    })];

    /// <summary>Removes what workers left behind that are no more since <see cref="WorkersOptions.Count"/> became less.</summary>
    internal static void Sweep(WorkersOptions options)
    {
        for (var worker = options.Count; worker < WorkersOptions.MaxCount; worker++)
        {
            var folder = Path.Combine(options.Folder, FolderOf(worker));
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static string FolderOf(int worker) => string.Create(CultureInfo.InvariantCulture, $"worker-{worker + 1}");

    private static int Part(int whole, int worker, int workers) => (whole / workers) + (worker < whole % workers ? 1 : 0);
}
