using Glue.Functions.Transform.Expressions;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Steps;

/// <summary>The steps that lay columns out anew.</summary>
internal static class Layouts
{
    /// <summary>These columns in this order; one that is missing is null.</summary>
    public static LayoutStep Select(IReadOnlyList<string> columns) => new(
        before => [.. columns.Select(name => (name, before.IndexOf(name) is >= 0 and var i ? i : LayoutStep.Missing))], []);

    public static LayoutStep Drop(IReadOnlySet<string> columns) => new(
        before => [.. before.Names.Select(static (name, i) => (name, i)).Where(column => !columns.Contains(column.name))], []);

    public static LayoutStep Rename(IReadOnlyDictionary<string, string> names) => new(
        before => [.. before.Names.Select((name, i) => (names.GetValueOrDefault(name, name), i))], []);

    /// <summary>New columns at the end; one that is there already is replaced. All see the record as it was before the step.</summary>
    public static LayoutStep Derive(IReadOnlyList<(string Name, Expression Expression)> columns) => new(
        before =>
        {
            var after = before.Names.Select(static (name, i) => (Name: name, From: i)).ToList();
            for (var i = 0; i < columns.Count; i++)
            {
                var place = before.IndexOf(columns[i].Name);
                if (place >= 0)
                {
                    after[place] = (columns[i].Name, -i - 1);
                }
                else
                {
                    after.Add((columns[i].Name, -i - 1));
                }
            }

            return after;
        },
        [.. columns.Select(static column => column.Expression)]);
}
