using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Steps;

/// <summary>One step of a pipeline, changing the record where it stands.</summary>
internal abstract class Step
{
    /// <summary>The columns of a record that comes with these.</summary>
    /// <exception cref="RecordException">There is none.</exception>
    public virtual Schema Columns(Schema before) => before;

    /// <returns>False: the record goes no further.</returns>
    /// <exception cref="RecordException">The record goes to the rejects.</exception>
    public abstract bool Apply(Record record);
}
