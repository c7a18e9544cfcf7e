using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Expressions;

/// <summary>A compiled expression: of one record, one value. It sees nothing but the record.</summary>
internal abstract class Expression
{
    /// <exception cref="RecordException">The record's values do not fit.</exception>
    public abstract Value Evaluate(Record record);

    /// <summary>For a condition: null counts as false.</summary>
    public bool IsTrue(Record record) => IsTrue(Evaluate(record));

    /// <exception cref="RecordException">Neither true nor false.</exception>
    protected static bool IsTrue(Value value) => value.Kind switch
    {
        ValueKind.Null => false,
        ValueKind.Boolean => value.Boolean,
        _ => throw new RecordException($"'{value.Shown}' is neither true nor false"),
    };
}

/// <summary>A value that stands in the expression.</summary>
internal sealed class Constant(Value value) : Expression
{
    public override Value Evaluate(Record record) => value;
}

/// <summary>A column; null where the record has none of that name.</summary>
internal sealed class Column(string name) : Expression
{
    private Schema? _schema;
    private int _index;

    public override Value Evaluate(Record record)
    {
        if (record.Schema != _schema)
        {
            _schema = record.Schema;
            _index = _schema.IndexOf(name);
        }

        return _index < 0 ? Value.Null : record.Values[_index];
    }
}

/// <summary><c>and</c>, <c>or</c>: the right side counts only when the left does not decide.</summary>
internal sealed class Logical(bool isAnd, Expression left, Expression right) : Expression
{
    public override Value Evaluate(Record record) =>
        Value.Of(left.IsTrue(record) == isAnd ? right.IsTrue(record) : !isAnd);
}

/// <summary><c>not</c>.</summary>
internal sealed class Not(Expression operand) : Expression
{
    public override Value Evaluate(Record record) => Value.Of(!operand.IsTrue(record));
}

/// <summary>A function of some values.</summary>
internal sealed class Call(Func<Value[], Value> function, Expression[] arguments) : Expression
{
    private readonly Value[] _values = new Value[arguments.Length];

    public override Value Evaluate(Record record)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            _values[i] = arguments[i].Evaluate(record);
        }

        return function(_values);
    }
}

/// <summary><c>if(condition, then, else)</c>: only the side that counts is looked at.</summary>
internal sealed class Conditional(Expression condition, Expression then, Expression otherwise) : Expression
{
    public override Value Evaluate(Record record) => (condition.IsTrue(record) ? then : otherwise).Evaluate(record);
}
