namespace Glue.Contracts.Functions;

/// <summary>AWS's identifiers of the runtimes that Glue knows; which of them run depends on the interpreters of the workers (docs/runtimes.md).</summary>
public static class RuntimeNames
{
    public static IReadOnlyList<string> All { get; } =
        ["provided.al2023", "provided.al2", "nodejs20.x", "nodejs22.x", "nodejs24.x", "python3.11", "python3.12", "python3.13", "python3.14", "dotnet8", "dotnet10"];
}
