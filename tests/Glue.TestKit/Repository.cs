namespace Glue.TestKit;

/// <summary>Finds what the build made: the ahead-of-time parts are published to artifacts/ by <c>./glue build</c>.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Artifact(string relativePath)
    {
        var path = System.IO.Path.Combine(Root, "artifacts", relativePath);
        return File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is missing: run ./glue build (./glue test does it first).");
    }

    /// <summary>A file of the repository itself.</summary>
    public static string Path(string relativePath) => System.IO.Path.Combine(Root, relativePath);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Glue.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Glue.sln was not found above " + AppContext.BaseDirectory);
    }
}
