using Glue.Functions.Transform.Expressions;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Steps;

/// <summary>Other columns than before: select, drop, rename and derive come down to this.</summary>
/// <param name="layout">Of the columns before: the names after, and for each the old column's place or (negative, less one) the expression's.</param>
/// <param name="expressions">What is computed.</param>
internal sealed class LayoutStep(Func<Schema, List<(string Name, int From)>> layout, IReadOnlyList<Expression> expressions) : Step
{
    private readonly Dictionary<Schema, (Schema After, int[] From)> _layouts = [];
    private Value[] _values = [];
    private Schema? _before;
    private (Schema After, int[] From) _current;

    public override Schema Columns(Schema before) => Find(before).After;

    public override bool Apply(Record record)
    {
        if (record.Schema != _before)
        {
            _current = Find(record.Schema);
            _before = record.Schema;
        }

        var (after, from) = _current;
        if (_values.Length < from.Length)
        {
            _values = new Value[from.Length];
        }

        var old = record.Values;
        for (var i = 0; i < from.Length; i++)
        {
            _values[i] = from[i] >= 0 ? old[from[i]] : from[i] == Missing ? Value.Null : expressions[-from[i] - 1].Evaluate(record);
        }

        _values.AsSpan(0, from.Length).CopyTo(record.Shape(after));
        return true;
    }

    /// <summary>A column that the record has not: null.</summary>
    public const int Missing = int.MinValue;

    private (Schema After, int[] From) Find(Schema before)
    {
        if (!_layouts.TryGetValue(before, out var found))
        {
            var columns = layout(before);
            found = (new Schema([.. columns.Select(static column => column.Name)]), [.. columns.Select(static column => column.From)]);
            if (_layouts.Count < 1_000)
            {
                _layouts[before] = found;
            }
        }

        return found;
    }
}
