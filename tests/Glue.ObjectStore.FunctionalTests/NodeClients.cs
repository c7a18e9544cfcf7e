using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>The npm packages <c>minio</c> and <c>@aws-sdk/client-s3</c>.</summary>
internal static class NodeClients
{
    /// <summary>Runs an ES module with <c>endpoint</c>, <c>key</c>, <c>secret</c> and <c>assert</c> defined.</summary>
    public static Task RunAsync(string endpoint, string script) => NodePackages.RunAsync(
        "Glue.ObjectStore.FunctionalTests",
        new Dictionary<string, string>
        {
            ["ENDPOINT"] = endpoint,
            ["ACCESS"] = TestKeys.Owner.AccessKeyId,
            ["SECRET"] = TestKeys.Owner.SecretAccessKey,
        },
        "const { ENDPOINT: endpoint, ACCESS: key, SECRET: secret } = process.env;\n" + script);
}
