using System.Security.Cryptography;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>The npm packages <c>minio</c> and <c>@aws-sdk/client-s3</c>, installed once per lock file below artifacts/.</summary>
internal static class NodeClients
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>Runs an ES module with <c>endpoint</c>, <c>key</c>, <c>secret</c> and <c>assert</c> defined.</summary>
    public static async Task RunAsync(string endpoint, string script)
    {
        var folder = await Installed.Value;
        var file = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".mjs");
        await File.WriteAllTextAsync(file,
            """
            import assert from 'node:assert/strict';
            const { ENDPOINT: endpoint, ACCESS: key, SECRET: secret } = process.env;

            """ + script);
        try
        {
            (await Cli.RunAsync("node", [file], new Dictionary<string, string>
            {
                ["ENDPOINT"] = endpoint,
                ["ACCESS"] = TestKeys.Owner.AccessKeyId,
                ["SECRET"] = TestKeys.Owner.SecretAccessKey,
            }, folder)).Expect();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> InstallAsync()
    {
        var source = Path.Combine(Repository.Root, "tests/Glue.ObjectStore.FunctionalTests/node");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))))[..16];
        var folder = Path.Combine(Repository.Root, "artifacts/node-s3-clients", hash);
        if (!Directory.Exists(Path.Combine(folder, "node_modules/minio")))
        {
            Directory.CreateDirectory(folder);
            foreach (var name in new[] { "package.json", "package-lock.json" })
            {
                File.Copy(Path.Combine(source, name), Path.Combine(folder, name), overwrite: true);
            }

            (await Cli.RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder: folder, limit: TimeSpan.FromMinutes(5))).Expect();
        }

        return folder;
    }
}
