using System.Reflection;
using System.Runtime.Loader;
using Glue.Functions.Runtime;

namespace Glue.Functions.Dotnet;

/// <summary>What the function registered with its own <c>Amazon.Lambda.Core.SnapshotRestore</c>: that class hands it over as Lambda's .NET runtime asks for it.</summary>
internal static class SnapshotHooks
{
    public static void Take(MethodInfo handler)
    {
        if (!SnapshotPhase.IsDue || AssemblyLoadContext.GetLoadContext(handler.Module.Assembly)!.Assemblies
            .FirstOrDefault(static each => each.GetName().Name == "Amazon.Lambda.Core")?.GetType("Amazon.Lambda.Core.SnapshotRestore") is not { } registry)
        {
            return;
        }

        Take(registry, "CopyBeforeSnapshotCallbacksToRegistry", SnapshotRestore.RegisterBeforeSnapshot);
        Take(registry, "CopyAfterRestoreCallbacksToRegistry", SnapshotRestore.RegisterAfterRestore);
    }

    private static void Take(Type registry, string method, Action<Func<ValueTask>> register) =>
        registry.GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public, [typeof(Action<Func<ValueTask>>)])?.Invoke(null, [register]);
}
