using Glue.Functions.Transform.Expressions;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Steps;

/// <summary>Keeps the records for which the condition is true.</summary>
internal sealed class FilterStep(Expression condition) : Step
{
    public override bool Apply(Record record) => condition.IsTrue(record);
}
