using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Glue.TestKit;

/// <summary>npm packages that tests drive a server with, installed once per lock file below artifacts/.</summary>
public static class NodePackages
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Installed = new(StringComparer.Ordinal);

    /// <summary>Runs an ES module beside the packages of <c>tests/PROJECT/node</c>, with <c>assert</c> defined.</summary>
    /// <param name="project">The test project that holds package.json and package-lock.json.</param>
    /// <param name="environment">What the script reads from <c>process.env</c>.</param>
    /// <param name="script">The module.</param>
    public static async Task RunAsync(string project, IReadOnlyDictionary<string, string> environment, string script)
    {
        var folder = await Installed.GetOrAdd(project, static name => new Lazy<Task<string>>(() => InstallAsync(name))).Value;
        var file = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".mjs");
        await File.WriteAllTextAsync(file, "import assert from 'node:assert/strict';\n" + script);
        try
        {
            (await Cli.RunAsync("node", [file], environment, folder)).Expect();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> InstallAsync(string project)
    {
        var source = Path.Combine(Repository.Root, "tests", project, "node");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))))[..16];
        var folder = Path.Combine(Repository.Root, "artifacts/node", hash);
        var done = Path.Combine(folder, "installed");
        if (!File.Exists(done))
        {
            Directory.CreateDirectory(folder);
            foreach (var name in new[] { "package.json", "package-lock.json" })
            {
                File.Copy(Path.Combine(source, name), Path.Combine(folder, name), overwrite: true);
            }

            (await Cli.RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder: folder, limit: TimeSpan.FromMinutes(5))).Expect();
            await File.WriteAllTextAsync(done, "");
        }

        return folder;
    }
}
