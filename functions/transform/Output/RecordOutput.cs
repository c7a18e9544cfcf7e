using System.IO.Compression;
using Glue.Functions.Objects.Staging;
using Glue.Functions.Transform.Compressing;
using Glue.Functions.Transform.Formats;
using Glue.Functions.Transform.Pipelines;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Output;

/// <summary>Writes records into one object, or into one after the other.</summary>
/// <param name="objects">Takes them.</param>
/// <param name="side">How.</param>
/// <param name="writer">The format.</param>
/// <param name="keyOf">By the number of the object, from 1.</param>
internal sealed class RecordOutput(IStagedObjects objects, Pipeline.OutputSide side, RecordWriter writer, Func<int, string> keyOf)
{
    private readonly RecordBuffer _buffer = new();
    private readonly List<string> _keys = [];
    private Stream? _stream;
    private long _rows; // in the current object

    public IReadOnlyList<string> Keys => _keys;

    public long Records { get; private set; }

    /// <exception cref="RecordException">It does not fit to the others.</exception>
    public void Write(Record record)
    {
        if (_stream is not null && (_rows >= side.MostRows || _buffer.Written >= side.MostBytes))
        {
            End();
        }

        if (_stream is null)
        {
            Begin(record.Schema);
        }

        writer.Write(record, _rows == 0, _buffer);
        _rows++;
        Records++;
    }

    /// <summary>Ends the last object. No records give one object without any: that there are none is a result too.</summary>
    /// <param name="columns">Of records, if there were any.</param>
    public void Complete(Schema columns)
    {
        if (_stream is null && _keys.Count == 0)
        {
            Begin(columns);
        }

        if (_stream is not null)
        {
            End();
        }
    }

    private void Begin(Schema schema)
    {
        var key = keyOf(_keys.Count + 1);
        objects.Begin(key, null);
        _keys.Add(key);
        var target = new StagedStream(objects);
        _stream = side.Packing switch
        {
            Packing.Gzip => new GZipStream(target, CompressionLevel.Optimal),
            Packing.Zstd => new ZstdWriter(target),
            _ => target,
        };
        _rows = 0;
        _buffer.Begin(_stream);
        if (schema.Count > 0 || side.Format == RecordFormat.Json)
        {
            writer.Begin(schema, _buffer);
        }
    }

    private void End()
    {
        writer.End(_rows == 0, _buffer);
        _buffer.Flush();
        _stream!.Dispose();
        _stream = null;
        objects.End();
    }
}
