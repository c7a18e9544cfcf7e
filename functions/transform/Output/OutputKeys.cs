using System.Globalization;
using Glue.Functions.Transform.Pipelines;

namespace Glue.Functions.Transform.Output;

/// <summary>Keys of results: prefix and key, with the extension of what is inside.</summary>
internal static class OutputKeys
{
    private static readonly string[] Packings = [".gz", ".zst"];

    /// <param name="prefix">Of all results.</param>
    /// <param name="key">Of the original.</param>
    /// <param name="output">Format and compression.</param>
    /// <param name="part">1 for the first object of a result that is split; null: not split.</param>
    public static string Of(string prefix, string key, Pipeline.OutputSide output, int? part)
    {
        var (before, after) = Around(prefix, key, output);
        return before + (part is { } n ? "." + n.ToString("D5", CultureInfo.InvariantCulture) : "") + after;
    }

    /// <summary>What stands before and behind the number of a result that is split.</summary>
    public static (string Before, string After) Around(string prefix, string key, Pipeline.OutputSide output)
    {
        // a.csv stays a.csv. Whatever else it is called, also a.csv.gz, it keeps its whole name: no other a's result has it.
        var hasExtension = key.EndsWith(output.Extension, StringComparison.OrdinalIgnoreCase);
        var (stem, extension) = hasExtension ? (key[..^output.Extension.Length], key[^output.Extension.Length..]) : (key, output.Extension);
        return (prefix + stem, extension + output.PackingExtension);
    }

    public static string Rejects(string prefix, string key) => $"{prefix}{key}.rejects.jsonl";

    /// <summary>The key as if its object were not compressed.</summary>
    public static string WithoutPacking(string key)
    {
        var packing = Array.Find(Packings, packing => key.Length > packing.Length && key.EndsWith(packing, StringComparison.OrdinalIgnoreCase));
        return packing is null ? key : key[..^packing.Length];
    }
}
