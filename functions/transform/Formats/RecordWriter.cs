using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>Turns records into bytes of a format.</summary>
internal abstract class RecordWriter
{
    /// <summary>What an object begins with, once its first record is known.</summary>
    public virtual void Begin(Schema schema, RecordBuffer output)
    {
    }

    /// <param name="record">What is written.</param>
    /// <param name="isFirst">Of its object.</param>
    /// <param name="output">Where it goes.</param>
    /// <exception cref="RecordException">It does not fit to what was written before. Nothing of it was written.</exception>
    public abstract void Write(Record record, bool isFirst, RecordBuffer output);

    /// <summary>What an object ends with.</summary>
    public virtual void End(bool isEmpty, RecordBuffer output)
    {
    }
}
