using System.Globalization;

namespace Glue.Workers.FunctionalTests;

/// <summary>The process table, as /proc has it.</summary>
internal static class Processes
{
    /// <summary>Children of this process with that name (the first 15 characters of its program).</summary>
    public static IReadOnlyList<int> ChildrenNamed(string name) =>
        [.. All().Where(each => each.Parent == Environment.ProcessId && each.Name == name).Select(each => each.Pid)];

    public static IReadOnlyList<int> DescendantsOf(int pid)
    {
        var all = All();
        List<int> found = [];
        for (Queue<int> next = new([pid]); next.TryDequeue(out var parent);)
        {
            foreach (var each in all.Where(each => each.Parent == parent))
            {
                found.Add(each.Pid);
                next.Enqueue(each.Pid);
            }
        }

        return found;
    }

    /// <summary>Processor time it has taken, in hundredths of a second.</summary>
    public static long TicksOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    public static bool IsAlive(int pid) => All().Any(each => each.Pid == pid);

    private static List<(int Pid, int Parent, string Name)> All()
    {
        List<(int, int, string)> all = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid))
            {
                try
                {
                    var stat = File.ReadAllText(folder + "/stat");
                    var end = stat.LastIndexOf(')');
                    var rest = stat[(end + 2)..].Split(' ');
                    if (rest[0] is not ("Z" or "X"))
                    {
                        all.Add((pid, int.Parse(rest[1], CultureInfo.InvariantCulture), stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end]));
                    }
                }
                catch (IOException)
                {
                    // It ended between two looks.
                }
            }
        }

        return all;
    }
}
