namespace Glue.Workers.Runtimes;

/// <summary>A program that runs the code of language runtimes in a driver's sandboxes.</summary>
/// <param name="Language">What it is for.</param>
/// <param name="Version">As it says itself.</param>
/// <param name="Program">Its path in the sandbox.</param>
public sealed record Interpreter(Language Language, Version Version, string Program)
{
    /// <summary>Where a sandbox has the folder of an interpreter that is not its own, as on Lambda.</summary>
    public const string Folder = "/var/lang";

    /// <summary>The only runtime it is for, because it was set so; null: any that it fits.</summary>
    public string? Runtime { get; init; }

    /// <summary>The worker's folder that is seen at <see cref="Folder"/>; null: the sandbox has it anyway.</summary>
    public string? Source { get; init; }

    /// <summary><c>node 20.19.2</c>, <c>python 3.11.2</c>.</summary>
    public override string ToString() => $"{Language.Name} {Version}";
}
