using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Glue.Contracts.Functions;

namespace Glue.Workers.Runtimes;

/// <summary>
/// Which runtimes a driver's sandboxes have. A language runtime gets the interpreter that was set for it; else the oldest of its language
/// that is not older than its name says; else none, and it is refused. docs/runtimes.md tells this to users.
/// </summary>
public sealed class RuntimeCatalog
{
    private readonly IReadOnlyList<Interpreter> _interpreters;
    private readonly Dictionary<string, string> _faults;

    /// <param name="interpreters">What the sandboxes have by themselves.</param>
    /// <param name="settings">See <see cref="WorkersOptions.Interpreters"/>.</param>
    public RuntimeCatalog(IEnumerable<Interpreter> interpreters, IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        List<Interpreter> all = [.. interpreters];
        _faults = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (runtime, folder) in settings)
        {
            if (InterpreterSearch.Of(runtime, folder, out var fault) is { } set)
            {
                all.Add(set);
            }
            else
            {
                _faults[runtime] = $"Workers:Interpreters:{runtime} is of no use: {fault}";
            }
        }

        _interpreters = all;
    }

    /// <summary>Those whose functions can run.</summary>
    public IEnumerable<string> Available => RuntimeNames.All.Where(each => Language.Of(each) is null || Find(each) is not null);

    /// <summary>What runs the code of a runtime; null for <c>provided.*</c>, and for those that are not here.</summary>
    public Interpreter? Find(string runtime) =>
        _interpreters.FirstOrDefault(each => each.Runtime == runtime)
        ?? (Language.Of(runtime) is not { } least || _faults.ContainsKey(runtime) ? null : _interpreters
            .Where(each => each.Runtime is null && each.Language == least.Language && each.Version.Major >= least.Version.Major && each.Version >= least.Version)
            .MinBy(static each => each.Version));

    /// <summary>Why functions of a runtime cannot run here, and what to do; null when they can.</summary>
    public string? WhyNot(string runtime)
    {
        if (!RuntimeNames.All.Contains(runtime))
        {
            return $"The runtime {runtime} is not known here; there are: {string.Join(", ", Available)}.";
        }

        if (Language.Of(runtime) is not { } least || Find(runtime) is not null)
        {
            return null;
        }

        if (_faults.TryGetValue(runtime, out var fault))
        {
            return fault;
        }

        var language = least.Language;
        var version = language == Language.Python ? least.Version.ToString(2) : least.Version.Major.ToString(CultureInfo.InvariantCulture);
        var have = _interpreters.Where(each => each.Language == language && each.Runtime is null).Select(static each => each.Version).Distinct().ToList();
        return $"The runtime {runtime} needs {language.Name} {version} or newer, and the sandboxes here have {(have.Count == 0 ? "none" : string.Join(", ", have))}. "
            + $"Name a folder with {language.Program} of that version in the setting Workers:Interpreters:{runtime}, or take one of: {string.Join(", ", Available)}.";
    }

    /// <summary>The exact runtime behind a name.</summary>
    public RuntimeVersion VersionOf(string runtime, string region)
    {
        var language = Language.Of(runtime)?.Language.Prefix ?? "provided";
        var name = runtime.Replace(language, "", StringComparison.Ordinal).TrimStart('.').Replace(".x", "", StringComparison.Ordinal);
        var version = $"{language}:{name}.v{Find(runtime)?.Version.ToString() ?? "1"}";
        return new RuntimeVersion(version, $"arn:aws:lambda:{region}::runtime:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version)))}");
    }
}
