namespace Glue.Host.FunctionalTests;

/// <summary>Verbs of the published program, each a process of its own that ends by itself.</summary>
internal static class GlueCli
{
    public static Task<Cli.Result> RunAsync(params IEnumerable<string> arguments) => RunAsync(folder: null, environment: null, arguments);

    public static Task<Cli.Result> RunAsync(string? folder, IReadOnlyDictionary<string, string>? environment, params IEnumerable<string> arguments) =>
        Cli.RunAsync("dotnet", [Repository.Artifact("glue/glue.dll"), .. arguments], environment, folder);
}
