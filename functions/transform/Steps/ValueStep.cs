using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Steps;

/// <summary>Changes the values of some columns, each for itself: casts, digests.</summary>
/// <param name="changes">By column.</param>
/// <param name="mustBeThere">A record without one of the columns is refused: under another name its value would go on as it is.</param>
internal sealed class ValueStep(IReadOnlyList<(string Column, Func<Value, Value> Change)> changes, bool mustBeThere = false) : Step
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
            else if (mustBeThere)
            {
                throw new RecordException($"there is no column '{changes[i].Column}'");
            }
        }

        return true;
    }
}
