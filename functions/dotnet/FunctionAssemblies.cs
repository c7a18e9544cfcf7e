using System.Reflection;
using System.Runtime.Loader;

namespace Glue.Functions.Dotnet;

/// <summary>
/// The function's assemblies, found by its <c>.deps.json</c> (without one: all of its folder). What the framework has as well, in the wanted
/// version or a newer one, is the framework's, as .NET's own host decides it.
/// </summary>
internal sealed class FunctionAssemblies : AssemblyLoadContext
{
    private static readonly HashSet<string> Framework =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static each => Path.GetFileNameWithoutExtension(each))];

    private readonly AssemblyDependencyResolver _resolver;

    private FunctionAssemblies(string path) : base("function") => _resolver = new AssemblyDependencyResolver(path);

    /// <summary>Loads the assembly of a handler.</summary>
    /// <exception cref="LambdaValidationException">It is not there, or is none, in the words of Lambda's .NET runtime.</exception>
    public static Assembly Load(string folder, string name)
    {
        var path = Path.Combine(folder, name + ".dll");
        if (!File.Exists(path))
        {
            throw new LambdaValidationException(
                $"Could not find the specified handler assembly with the file name '{name}'. The assembly should be located in the root of your uploaded .zip file.");
        }

        try
        {
            return new FunctionAssemblies(path).LoadFromAssemblyPath(path);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or InvalidOperationException)
        {
            throw new LambdaValidationException($"Unable to load assembly '{name}'. {e.Message}", e);
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } path && !FrameworkHas(assemblyName) ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static bool FrameworkHas(AssemblyName wanted) =>
        Framework.Contains(wanted.Name!) && (wanted.Version is null || Default.LoadFromAssemblyName(new AssemblyName(wanted.Name!)).GetName().Version >= wanted.Version);
}
