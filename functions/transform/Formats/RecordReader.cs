using System.Text;
using System.Text.Unicode;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>Takes records out of an input, one after the other.</summary>
internal abstract class RecordReader(ByteWindow window)
{
    private static readonly byte[] Misfit = Encoding.UTF8.GetBytes([Utf8Input.Misfit]);

    protected ByteWindow Window { get; } = window;

    /// <summary>The columns of all records, once the input has named them; null where each has its own.</summary>
    public virtual Schema? Columns => null;

    /// <summary>Reads the next record. After a <see cref="RecordException"/> the next call goes on behind the bad one.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="RecordException">This record is wrong; <see cref="Record.Line"/> and <see cref="Record.Raw"/> are set.</exception>
    /// <exception cref="BrokenInputException">Nothing behind it can be read either.</exception>
    public abstract bool Read(Record record);

    /// <summary>The next record's bytes, before they are looked into.</summary>
    protected void Take(Record record, int bytes)
    {
        record.Line = Window.Lines + 1;
        record.Raw = Window.Memory[..bytes];
        Window.Pass(bytes);
        if (!Utf8.IsValid(record.Raw.Span))
        {
            throw new RecordException("it is not UTF-8; input.charset says what it is");
        }

        if (Window.Charset is { } charset && record.Raw.Span.IndexOf(Misfit) >= 0)
        {
            throw new RecordException($"it has bytes that are not {charset}");
        }
    }
}
