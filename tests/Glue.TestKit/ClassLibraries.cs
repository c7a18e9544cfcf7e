namespace Glue.TestKit;

/// <summary>The class libraries of tests/dotnet, as the build left them: a test project that uses them refers to them without their assemblies.</summary>
public static class ClassLibraries
{
    /// <summary>The folder that a user would zip.</summary>
    public static string Folder(string name)
    {
        // …/bin/Debug/net10.0/ of the test project: the same configuration of the library, whatever it is built for.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Directory.GetDirectories(Path.Combine(Repository.Root, "tests", "dotnet", name, "bin", configuration)).Single();
    }

    /// <summary>Its files, without the symbols.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Files(string name) => Directory.EnumerateFiles(Folder(name))
        .Where(static each => !each.EndsWith(".pdb", StringComparison.Ordinal))
        .Select(static each => (Path.GetFileName(each), File.ReadAllBytes(each)));
}
