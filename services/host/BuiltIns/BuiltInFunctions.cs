using System.Security.Cryptography;
using Glue.Host.Client;

namespace Glue.Host.BuiltIns;

/// <summary>The functions that are there from the start, deployed through the Lambda API like anybody's.</summary>
internal static class BuiltInFunctions
{
    private static readonly NewFunction[] All =
    [
        new("thumbnail")
        {
            Description = "Writes a thumbnail of every picture. SIZE, FORMAT, QUALITY, OUTPUT_BUCKET and OUTPUT_PREFIX in its environment.",
            MemoryMiB = 512,
            TimeoutSeconds = 60,
            Environment = new Dictionary<string, string>
            {
                ["SIZE"] = "256",
                ["OUTPUT_PREFIX"] = "thumbnails/",
            },
        },
        new("decompress")
        {
            Description = "Unpacks every archive (zip, tar, 7z, rar, …). INCLUDE, EXCLUDE, MAX_BYTES, OUTPUT_BUCKET and OUTPUT_PREFIX in its environment.",
            MemoryMiB = 512,
            TimeoutSeconds = 900,
            Environment = new Dictionary<string, string> { ["OUTPUT_PREFIX"] = "unpacked/" },
        },
        new("transform")
        {
            Description = "Sends the records of CSV and JSON through a declared pipeline. TRANSFORM, OUTPUT_BUCKET and OUTPUT_PREFIX in its environment.",
            MemoryMiB = 512,
            TimeoutSeconds = 900,
            Environment = new Dictionary<string, string> { ["TRANSFORM"] = "output: {format: jsonl}", ["OUTPUT_PREFIX"] = "transformed/" },
        },
    ];

    /// <summary>
    /// Deploys what is missing and gives new code to what has old code; settings are left as the user has them.
    /// </summary>
    public static async Task DeployAsync(LambdaApiClient lambda, CancellationToken cancellationToken)
    {
        foreach (var function in All)
        {
            var zip = FunctionPackage.Zip(InstalledParts.Function(function.Name));
            var deployed = await lambda.FindFunctionAsync(function.Name, cancellationToken);
            if (deployed is null)
            {
                await lambda.CreateFunctionAsync(function, zip, cancellationToken);
            }
            else if (deployed.CodeSha256 != Convert.ToBase64String(SHA256.HashData(zip)))
            {
                await lambda.UpdateCodeAsync(function.Name, zip, cancellationToken);
            }
        }
    }
}
