namespace Glue.Host;

/// <summary>Where the build put the parts that are not this program: beside it, in <c>artifacts/</c>.</summary>
internal static class InstalledParts
{
    /// <summary>The folder of all of them.</summary>
    public static string Artifacts { get; } = Find();

    /// <summary>The agent and the runtime bootstraps.</summary>
    public static string Guest => Path.Combine(Artifacts, "guest");

    /// <summary>A built-in function's published folder.</summary>
    public static string Function(string name) => Path.Combine(Artifacts, "functions", name);

    /// <exception cref="StartupException">They were not built.</exception>
    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "guest", "glue-agent")))
            {
                return folder.FullName;
            }

            var artifacts = Path.Combine(folder.FullName, "artifacts");
            if (File.Exists(Path.Combine(artifacts, "guest", "glue-agent")))
            {
                return artifacts;
            }
        }

        throw new StartupException("The sandbox agent (guest/glue-agent) was not found near the program: run ./glue build.");
    }
}
