using System.Security.Cryptography;
using Glue.Host.Client;

namespace Glue.Host.BuiltIns;

/// <summary>The functions that are there from the start, deployed through the Lambda API like anybody's.</summary>
internal static class BuiltInFunctions
{
    private static readonly NewFunction Thumbnail = new("thumbnail")
    {
        Description = "Writes a thumbnail of every picture. SIZE, FORMAT, QUALITY, OUTPUT_BUCKET and OUTPUT_PREFIX in its environment.",
        MemoryMiB = 512,
        TimeoutSeconds = 60,
        Environment = new Dictionary<string, string>
        {
            ["SIZE"] = "256",
            ["FORMAT"] = "jpeg",
            ["OUTPUT_PREFIX"] = "thumbnails/",
        },
    };

    /// <summary>
    /// Deploys what is missing and gives new code to what has old code; settings are left as the user has them.
    /// </summary>
    public static async Task DeployAsync(LambdaApiClient lambda, CancellationToken cancellationToken)
    {
        var zip = FunctionPackage.Zip(InstalledParts.Function(Thumbnail.Name));
        var deployed = await lambda.FindFunctionAsync(Thumbnail.Name, cancellationToken);
        if (deployed is null)
        {
            await lambda.CreateFunctionAsync(Thumbnail, zip, cancellationToken);
        }
        else if (deployed.CodeSha256 != Convert.ToBase64String(SHA256.HashData(zip)))
        {
            await lambda.UpdateCodeAsync(Thumbnail.Name, zip, cancellationToken);
        }
    }
}
