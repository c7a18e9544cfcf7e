using System.Collections.Concurrent;

namespace Glue.Functions.Runtime;

/// <summary>
/// What a function does before its snapshot is made and after each restore from it. Same calls as Amazon.Lambda.Core's class of this name.
/// Register during init: before the bootstrap runs, or in its initializer.
/// </summary>
/// <remarks>
/// .NET's own generators live in the process: <see cref="Random.Shared"/> goes on alike in all copies, <see cref="Guid.NewGuid"/> and
/// <see cref="System.Security.Cryptography.RandomNumberGenerator"/> do not.
/// </remarks>
public static class SnapshotRestore
{
    private static readonly ConcurrentStack<Func<ValueTask>> BeforeSnapshot = new();
    private static readonly ConcurrentQueue<Func<ValueTask>> AfterRestore = new();

    /// <summary>Runs when the snapshot is made; the last registered runs first. What it throws prevents the snapshot.</summary>
    public static void RegisterBeforeSnapshot(Func<ValueTask> hook) => BeforeSnapshot.Push(hook);

    /// <summary>Runs in every sandbox that starts from the snapshot, before its first event; the first registered runs first. Together they have 10 s.</summary>
    public static void RegisterAfterRestore(Func<ValueTask> hook) => AfterRestore.Enqueue(hook);

    internal static bool HasAfterRestore => !AfterRestore.IsEmpty;

    internal static async ValueTask RunBeforeSnapshotAsync()
    {
        foreach (var hook in BeforeSnapshot)
        {
            await hook();
        }
    }

    internal static async ValueTask RunAfterRestoreAsync()
    {
        foreach (var hook in AfterRestore)
        {
            await hook();
        }
    }
}
