using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Steps;

/// <summary>Changes the values of some columns, each for itself: casts, digests.</summary>
/// <param name="changes">By column.</param>
internal sealed class ValueStep(IReadOnlyList<(string Column, Func<Value, Value> Change)> changes) : Step
{
    private readonly int[] _places = new int[changes.Count];
    private Schema? _schema;

    public override bool Apply(Record record)
    {
        if (record.Schema != _schema)
        {
            _schema = record.Schema;
            for (var i = 0; i < _places.Length; i++)
            {
                _places[i] = _schema.IndexOf(changes[i].Column);
            }
        }

        var values = record.Values;
        for (var i = 0; i < _places.Length; i++)
        {
            if (_places[i] >= 0)
            {
                try
                {
                    values[_places[i]] = changes[i].Change(values[_places[i]]);
                }
                catch (RecordException e)
                {
                    throw new RecordException($"column '{changes[i].Column}': {e.Message}");
                }
            }
        }

        return true;
    }
}
