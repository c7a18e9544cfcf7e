namespace Glue.Functions.Decompress.Members;

/// <summary>
/// <c>INCLUDE</c> and <c>EXCLUDE</c>: patterns separated by commas or line ends. <c>*</c> and <c>?</c> stay inside one folder,
/// <c>**</c> goes through folders. A pattern without a slash is about the file's name in any folder, one with a slash about the whole path.
/// One that ends in a slash is about everything in that folder.
/// </summary>
internal sealed class GlobSet
{
    private readonly string[] _include;
    private readonly string[] _exclude;

    public GlobSet(string? include, string? exclude) => (_include, _exclude) = (Split(include), Split(exclude));

    /// <summary>Nothing is left out.</summary>
    public bool WantsAll => _include.Length == 0 && _exclude.Length == 0;

    /// <param name="path">Cleaned.</param>
    public bool Wants(string path) =>
        (_include.Length == 0 || Array.Exists(_include, glob => Fits(glob, path))) && !Array.Exists(_exclude, glob => Fits(glob, path));

    private static string[] Split(string? list) =>
        [.. (list ?? "").Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static glob => glob.EndsWith('/') ? glob + "**" : glob)];

    private static bool Fits(string glob, string path) => glob.Contains('/', StringComparison.Ordinal)
        ? Match(glob.AsSpan().TrimStart('/'), path)
        : Match(glob, path.AsSpan(path.LastIndexOf('/') + 1));

    /// <summary>Goes back to the last star only: time is bounded by pattern × path, whatever the pattern.</summary>
    private static bool Match(ReadOnlySpan<char> glob, ReadOnlySpan<char> path)
    {
        var (g, p) = (0, 0);
        var (starGlob, starPath) = (-1, 0); // behind the last *, and the path it was tried with
        var (deepGlob, deepPath) = (-1, 0); // the same of the last **
        while (p < path.Length || g < glob.Length)
        {
            if (g < glob.Length && glob[g] == '*')
            {
                if (g + 1 < glob.Length && glob[g + 1] == '*')
                {
                    g += 2;
                    if (g < glob.Length && glob[g] == '/')
                    {
                        g++; // **/ is also about no folder at all
                    }

                    (deepGlob, deepPath, starGlob) = (g, p, -1);
                }
                else
                {
                    (starGlob, starPath) = (++g, p);
                }

                continue;
            }

            if (g < glob.Length && p < path.Length && (glob[g] == path[p] || (glob[g] == '?' && path[p] != '/')))
            {
                (g, p) = (g + 1, p + 1);
                continue;
            }

            if (starGlob >= 0 && starPath < path.Length && path[starPath] != '/')
            {
                (g, p) = (starGlob, ++starPath);
                continue;
            }

            if (deepGlob >= 0 && deepPath < path.Length)
            {
                (g, p, starGlob) = (deepGlob, ++deepPath, -1);
                continue;
            }

            return false;
        }

        return true;
    }
}
