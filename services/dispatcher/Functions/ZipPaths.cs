using System.Text;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// Proves that no entry of a zip lands or points outside. Entry names have no <c>..</c>; no entry's folder is a link; and a link
/// climbs only at the start of its target and no higher than the root. A link's own folder is then really where its name says,
/// so the climb stays inside, and from there paths only go down, through links of which the same holds.
/// </summary>
internal sealed class ZipPaths
{
    // More than any package has, and so little that checking all of them takes seconds at worst; a longer name no Linux file system takes.
    private const int MaxPathLength = 1024;
    private const int MaxDepth = 100;
    private const int MaxNameBytes = 255;

    private readonly List<(string Name, bool IsFolder)> _names = [];

    /// <param name="name">As in the zip.</param>
    /// <param name="linkTarget">Null for files and folders.</param>
    /// <exception cref="BadCodeException">The name or the target leaves the folder.</exception>
    public void Add(string name, string? linkTarget)
    {
        var path = name.TrimEnd('/');
        if (path.Length == 0 || path[0] == '/' || path.Contains('\0', StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal))
        {
            throw new BadCodeException($"'{Shown(name)}' is not a relative path with forward slashes; make the zip from inside the code's folder.");
        }

        if (path.Split('/').Contains("..", StringComparer.Ordinal))
        {
            throw new BadCodeException($"'{Shown(name)}' leads out of the deployment package.");
        }

        var parts = Parts(path).ToList();
        if (path.Length > MaxPathLength || parts.Count > MaxDepth || parts.Exists(static part => Encoding.UTF8.GetByteCount(part) > MaxNameBytes))
        {
            throw new BadCodeException(
                $"'{Shown(name)}' is too long a path: at most {MaxPathLength} characters, {MaxDepth} folders deep, {MaxNameBytes} bytes between two slashes.");
        }

        var normal = string.Join('/', parts);
        _names.Add((normal, linkTarget is null && name.EndsWith('/')));
        if (linkTarget is not null)
        {
            CheckTarget(normal, linkTarget);
        }
    }

    /// <summary>What can only be known once all entries are.</summary>
    /// <exception cref="BadCodeException">A name is there twice, or an entry lies behind what is no folder: a link or a file.</exception>
    public void Check()
    {
        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, isFolder) in _names)
        {
            if (!isFolder && !others.Add(name))
            {
                throw new BadCodeException($"'{Shown(name)}' is in the deployment package twice.");
            }
        }

        var shorter = others.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (name, isFolder) in _names)
        {
            if (isFolder && others.Contains(name))
            {
                throw new BadCodeException($"'{Shown(name)}' is in the deployment package twice, as a folder and not as one.");
            }

            for (var slash = name.IndexOf('/'); slash >= 0; slash = name.IndexOf('/', slash + 1))
            {
                if (shorter.Contains(name.AsSpan(0, slash)))
                {
                    throw new BadCodeException($"'{Shown(name)}' lies behind '{Shown(name[..slash])}', which is no folder.");
                }
            }
        }
    }

    private static void CheckTarget(string name, string target)
    {
        var depth = name.Count(static c => c == '/');
        var climbed = 0;
        var wentDown = false;
        foreach (var part in Parts(target))
        {
            if (part != "..")
            {
                wentDown = true;
            }
            else if (wentDown || ++climbed > depth)
            {
                throw LeadsOut(name, target);
            }
        }

        if (target.Length == 0 || target[0] == '/' || target.Contains('\0', StringComparison.Ordinal))
        {
            throw LeadsOut(name, target);
        }
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(static part => part is not ("" or "."));

    private static BadCodeException LeadsOut(string name, string target) =>
        new($"The link '{Shown(name)}' to '{Shown(target)}' leads out of the deployment package.");

    /// <summary>For a message: no control characters, no page-long names.</summary>
    private static string Shown(string text)
    {
        var cut = text.Length > 120 ? text[..120] + "…" : text;
        return string.Concat(cut.Select(static c => char.IsControl(c) ? '?' : c));
    }
}
