using System.Diagnostics;
using System.Globalization;

namespace Glue.Host.FunctionalTests;

/// <summary>What a process has started, and whether it is gone. A process is its id and its start time: ids are used again.</summary>
internal static class ProcessTree
{
    internal readonly record struct Entry(int Id, int Parent, long StartTicks);

    /// <summary>Children, their children and so on.</summary>
    public static List<Entry> DescendantsOf(int id)
    {
        var all = All().ToLookup(static entry => entry.Parent);
        List<Entry> found = [.. all[id]];
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(all[found[i].Id]);
        }

        return found;
    }

    public static async Task ExpectGoneAsync(IReadOnlyCollection<Entry> entries)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var alive = All().Select(static entry => (entry.Id, entry.StartTicks)).Intersect(entries.Select(static entry => (entry.Id, entry.StartTicks))).ToList();
            if (alive.Count == 0)
            {
                return;
            }

            if (clock.Elapsed > TimeSpan.FromSeconds(10))
            {
                Assert.Fail("still there after 10 s: " + string.Join(", ", alive.Select(static entry => $"{entry.Id} {CommandLine(entry.Id)}")));
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Command lines that mention a text.</summary>
    public static List<string> Mentioning(string text) =>
        [.. All().Select(static entry => CommandLine(entry.Id)).Where(line => line.Contains(text, StringComparison.Ordinal))];

    private static IEnumerable<Entry> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || Read(folder + "/stat") is not { Length: > 0 } stat)
            {
                continue;
            }

            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold anything; field 3, the state, is first
            if (fields[0] != "Z")
            {
                yield return new Entry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
            }
        }
    }

    private static string CommandLine(int id) => Read($"/proc/{id}/cmdline").Replace('\0', ' ');

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }
}
