namespace Glue.Host.Client;

/// <summary>A function to be created, on <c>provided.al2023</c>.</summary>
internal sealed record NewFunction(string Name)
{
    public string Description { get; init; } = "";

    public int MemoryMiB { get; init; } = 128;

    public int TimeoutSeconds { get; init; } = 3;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>A function as it is deployed.</summary>
/// <param name="Arn">Without qualifier.</param>
/// <param name="CodeSha256">Base64.</param>
/// <param name="LogGroup">Where its log is.</param>
internal sealed record DeployedFunction(string Arn, string CodeSha256, string LogGroup);
