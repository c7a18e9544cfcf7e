using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Glue.Functions.Dotnet;

/// <summary>Lets an object of ours be seen through an interface of the function's own assemblies, which we know by name only.</summary>
/// <remarks>
/// The class that .NET makes for it lives beside this one and must see the interface: so this assembly is loaded once more, where the function's are,
/// and only this class is used of that copy.
/// </remarks>
public class InterfaceAdapter : DispatchProxy
{
    private static readonly ConcurrentDictionary<AssemblyLoadContext, Type> Copies = new();

    private Func<MethodInfo, object?[], object?> _call = static (_, _) => null;

    /// <param name="contract">The interface.</param>
    /// <param name="call">Answers each of its members; what it answers null for, and a value type wants something, is that type's default.</param>
    internal static object Over(Type contract, Func<MethodInfo, object?[], object?> call)
    {
        var there = Copies.GetOrAdd(
            AssemblyLoadContext.GetLoadContext(contract.Assembly)!,
            static context => context.LoadFromAssemblyPath(typeof(InterfaceAdapter).Assembly.Location).GetType(typeof(InterfaceAdapter).FullName!, throwOnError: true)!);
        var adapter = Create(contract, there);
        there.GetField(nameof(_call), BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(adapter, call);
        return adapter;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var answer = _call(targetMethod!, args ?? []);
        return answer is null && targetMethod!.ReturnType is { IsValueType: true } type && type != typeof(void) ? Activator.CreateInstance(type) : answer;
    }
}
