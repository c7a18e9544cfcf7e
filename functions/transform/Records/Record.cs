namespace Glue.Functions.Transform.Records;

/// <summary>One record on its way; used again for the next one.</summary>
internal sealed class Record
{
    private Value[] _values = new Value[16];

    public Schema Schema { get; private set; } = new([]);

    public Span<Value> Values => _values.AsSpan(0, Schema.Count);

    /// <summary>1 for the first line of the input.</summary>
    public long Line { get; set; }

    /// <summary>As it stands in the input; valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Raw { get; set; }

    /// <summary>Null for a column that is not there.</summary>
    public Value this[string name] => Schema.IndexOf(name) is >= 0 and var i ? _values[i] : Value.Null;

    /// <summary>Gives it other columns; the caller fills all values.</summary>
    public Span<Value> Shape(Schema schema)
    {
        if (_values.Length < schema.Count)
        {
            Array.Resize(ref _values, Math.Max(schema.Count, _values.Length * 2));
        }

        Schema = schema;
        return Values;
    }
}
