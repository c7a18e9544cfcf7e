using System.Collections.Concurrent;

namespace Amazon.Lambda.Core;

public static class SnapshotRestore
{
    private static readonly ConcurrentQueue<Func<ValueTask>> BeforeSnapshot = new();
    private static readonly ConcurrentQueue<Func<ValueTask>> AfterRestore = new();

    public static void RegisterBeforeSnapshot(Func<ValueTask> beforeSnapshotAction) => BeforeSnapshot.Enqueue(beforeSnapshotAction);

    public static void RegisterAfterRestore(Func<ValueTask> afterRestoreAction) => AfterRestore.Enqueue(afterRestoreAction);

    internal static void CopyBeforeSnapshotCallbacksToRegistry(Action<Func<ValueTask>> restoreHooksRegistryMethod) => Copy(BeforeSnapshot, restoreHooksRegistryMethod);

    internal static void CopyAfterRestoreCallbacksToRegistry(Action<Func<ValueTask>> restoreHooksRegistryMethod) => Copy(AfterRestore, restoreHooksRegistryMethod);

    private static void Copy(ConcurrentQueue<Func<ValueTask>> from, Action<Func<ValueTask>> to)
    {
        while (from.TryDequeue(out var hook))
        {
            to(hook);
        }
    }
}
