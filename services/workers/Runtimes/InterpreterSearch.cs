using System.ComponentModel;
using System.Diagnostics;

namespace Glue.Workers.Runtimes;

/// <summary>Finds interpreters, and asks each for its version.</summary>
internal static class InterpreterSearch
{
    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin"];

    /// <summary>Those of this machine that a process sandbox sees: it has the host's <c>/usr</c>.</summary>
    public static IReadOnlyList<Interpreter> OfHost() =>
    [
        .. Folders.Where(Directory.Exists)
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "python3*").Append(Path.Combine(folder, "node")))
            .Where(static path => File.Exists(path) && IsNameOfInterpreter(Path.GetFileName(path)))
            .Select(static path => Ask(LanguageOf(Path.GetFileName(path)), path, path, out _))
            .OfType<Interpreter>(),
    ];

    /// <summary>Those that were fetched for functions (<see cref="WorkersOptions.InterpretersFolder"/>); one that does not run here is left out.</summary>
    public static IReadOnlyList<Interpreter> Installed(WorkersOptions options)
    {
        var folder = options.InterpretersFolder ?? Path.Combine(Path.GetFullPath(options.GuestFolder), "..", "interpreters");
        return !Directory.Exists(folder) ? [] :
        [
            .. Directory.EnumerateDirectories(folder).Select(static each => new DirectoryInfo(each)).Where(static each => !each.Name.StartsWith('.')) // being fetched
                .SelectMany(static each => (string[])["node", "python3"], static (each, program) => (Source: each.FullName, Program: program))
                .Where(static each => File.Exists(Path.Combine(each.Source, "bin", each.Program)))
                .Select(static each => In(each.Source, each.Program, out _))
                .OfType<Interpreter>(),
        ];
    }

    /// <summary>What was set for a runtime (<see cref="WorkersOptions.Interpreters"/>).</summary>
    /// <param name="runtime">Its name.</param>
    /// <param name="folder">As <c>make install</c> leaves it: <c>bin/python3</c> or <c>bin/node</c> below.</param>
    /// <param name="fault">Why it is of no use; null otherwise.</param>
    public static Interpreter? Of(string runtime, string folder, out string? fault)
    {
        var found = In(Path.GetFullPath(folder), runtime.StartsWith("nodejs", StringComparison.Ordinal) ? "node" : "python3", out fault);
        return found is null ? null : found with { Runtime = runtime };
    }

    private static Interpreter? In(string source, string program, out string? fault)
    {
        const UnixFileMode open = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        if (Directory.Exists(source) && (File.GetUnixFileMode(source) & open) != open)
        {
            fault = $"functions run as another user and cannot read {source}: chmod o+rx.";
            return null;
        }

        var found = Ask(LanguageOf(program), Path.Combine(source, "bin", program), $"{Interpreter.Folder}/bin/{program}", out fault);
        return found is null ? null : found with { Source = source };
    }

    private static string LanguageOf(string program) => program == "node" ? "nodejs" : "python";

    /// <summary>Not <c>python3-config</c> and the like.</summary>
    private static bool IsNameOfInterpreter(string name) => name is "node" or "python3" || (name.StartsWith("python3.", StringComparison.Ordinal) && int.TryParse(name["python3.".Length..], out _));

    private static Interpreter? Ask(string language, string path, string inSandbox, out string? fault)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var said = process.StandardOutput.ReadToEnd().Trim(); // v20.19.2, Python 3.11.2
            var complained = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            var text = said.Split(' ')[^1].TrimStart('v');
            if (process.ExitCode == 0 && Version.TryParse(text.Split('-', '+', 'r')[0], out var version))
            {
                fault = null;
                return new Interpreter(language, version, inSandbox);
            }

            fault = $"{path} --version says '{said}{complained}'.";
        }
        catch (Win32Exception e)
        {
            fault = $"{path} cannot be run: {e.Message}.";
        }

        return null;
    }
}
