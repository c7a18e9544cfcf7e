using System.Globalization;

namespace Glue.Workers.Runtimes;

/// <summary>A language whose runtimes run on an interpreter.</summary>
/// <param name="Name">In words.</param>
/// <param name="Prefix">How the names of its runtimes begin.</param>
/// <param name="Program">The interpreter in its own folder.</param>
public sealed record Language(string Name, string Prefix, string Program)
{
    public static readonly Language Node = new("node", "nodejs", "bin/node");
    public static readonly Language Python = new("python", "python", "bin/python3");
    public static readonly Language Dotnet = new(".NET", "dotnet", "dotnet");

    private static readonly Language[] All = [Node, Python, Dotnet];

    /// <summary>Of an interpreter's folder what functions need, all of it when empty: .NET's root may hold an SDK, ten times as large.</summary>
    public IReadOnlyList<string> Parts => this == Dotnet ? ["dotnet", "host", "shared"] : [];

    /// <summary>The language of a runtime and the version its name says; null for <c>provided.*</c>.</summary>
    public static (Language Language, Version Version)? Of(string runtime) =>
        All.FirstOrDefault(each => runtime.StartsWith(each.Prefix, StringComparison.Ordinal)) is not { } language ? null
        : runtime[language.Prefix.Length..].Replace(".x", "", StringComparison.Ordinal) is var text && int.TryParse(text, CultureInfo.InvariantCulture, out var major) ? (language, new Version(major, 0))
        : Version.TryParse(text, out var version) ? (language, version)
        : null;
}
