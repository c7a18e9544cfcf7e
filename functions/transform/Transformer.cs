using System.IO.Compression;
using System.Text;
using Glue.Functions.Objects;
using Glue.Functions.Objects.Staging;
using Glue.Functions.Transform.Compressing;
using Glue.Functions.Transform.Formats;
using Glue.Functions.Transform.Output;
using Glue.Functions.Transform.Pipelines;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform;

/// <summary>Records in, records out, one at a time. Used for one object: steps keep what they found out about its columns.</summary>
/// <param name="pipeline">What to do.</param>
/// <param name="objects">Takes the results; publishing them is the caller's.</param>
/// <param name="prefix">Of the results' keys.</param>
/// <param name="timeLeft">Until the function is ended.</param>
internal sealed class Transformer(Pipeline pipeline, IStagedObjects objects, string prefix, Func<TimeSpan> timeLeft)
{
    private const int LookAtTimeEvery = 10_000;
    private const int ReadAhead = 256 * 1024;
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(2); // to give the uploads up in

    /// <summary>Without it a gzip file that is cut short just ends (.NET 9; read where the first stream is opened).</summary>
    static Transformer() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <exception cref="ObjectException">The object is not what the pipeline reads, or too much of it is wrong.</exception>
    public TransformReport.Entry Transform(Stream source, string key)
    {
        var output = new RecordOutput(objects, pipeline.Output, Writer(), number => OutputKeys.Of(prefix, key, pipeline.Output, pipeline.Output.IsSplit ? number : null));
        var rejects = new Rejects(pipeline.MostRejects);
        long records = 0;
        Schema? columns = null; // of the first record
        try
        {
            using var input = Open(source, out var charset);
            var reader = Reader(new ByteWindow(input, charset), OutputKeys.WithoutPacking(key));
            var record = new Record();
            while (true)
            {
                try
                {
                    if (!reader.Read(record))
                    {
                        break;
                    }

                    records++;
                    columns ??= record.Schema;
                    if (Apply(record))
                    {
                        output.Write(record);
                    }
                }
                catch (RecordException e)
                {
                    rejects.Add(record, e.Message);
                }

                if (records % LookAtTimeEvery == 0 && timeLeft() < LeastTime)
                {
                    throw new OutOfTimeException($"after {records} records");
                }
            }

            columns ??= reader.Columns;
        }
        catch (InvalidDataException e)
        {
            throw new BrokenInputException($"the compressed object is cut short or damaged: {e.Message.TrimEnd('.')}", e);
        }

        output.Complete(Columns(columns));
        if (rejects.Count > 0)
        {
            objects.Begin(OutputKeys.Rejects(prefix, key), rejects.Lines.Length);
            objects.Write(rejects.Lines);
            objects.End();
        }

        return new("", output.Keys, output.Records, rejects.Count > 0 ? OutputKeys.Rejects(prefix, key) : null, rejects.Count);
    }

    private bool Apply(Record record)
    {
        foreach (var step in pipeline.Steps)
        {
            if (!step.Apply(record))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>That results have: also one without records says so, in its header.</summary>
    private Schema Columns(Schema? before)
    {
        try
        {
            return pipeline.Steps.Aggregate(before ?? new Schema([]), static (columns, step) => step.Columns(columns));
        }
        catch (RecordException)
        {
            return new Schema([]); // no record with these columns could pass either
        }
    }

    /// <summary>Unpacked by its first bytes, in UTF-8, without a byte order mark.</summary>
    private Stream Open(Stream source, out string? charset)
    {
        var head = new byte[4];
        var length = source.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        source.Position = 0;
        Stream unpacked = head.AsSpan(0, length) switch
        {
            [0x1F, 0x8B, ..] => new GZipStream(new BufferedStream(source, ReadAhead), CompressionMode.Decompress),
            [0x28, 0xB5, 0x2F, 0xFD] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18] => // a frame, or one to be skipped, as pzstd begins with (RFC 8878, 3.1.2)
                new ZstdReader(source),
            _ => source,
        };
        return Utf8Input.Open(unpacked, pipeline.Input.Charset, out charset);
    }

    private RecordReader Reader(ByteWindow window, string key)
    {
        var extension = Path.GetExtension(key).ToLowerInvariant();
        var format = pipeline.Input.Format ?? extension switch
        {
            ".csv" or ".tsv" => RecordFormat.Csv,
            ".json" => RecordFormat.Json,
            ".jsonl" or ".ndjson" => RecordFormat.JsonLines,
            ".txt" or ".log" => RecordFormat.Text,
            _ => throw new BrokenInputException($"what '{extension}' is, is not known; say it with input.format"),
        };
        return format switch
        {
            RecordFormat.Csv => new CsvReader(window, pipeline.Input.Delimiter ?? (byte)(extension == ".tsv" ? '\t' : ','), pipeline.Input.HasHeader),
            RecordFormat.Json => new JsonReader(window),
            RecordFormat.JsonLines => new JsonLinesReader(window),
            _ => new LineReader(window),
        };
    }

    private RecordWriter Writer() => pipeline.Output.Format switch
    {
        RecordFormat.Csv => new CsvWriter(pipeline.Output.Delimiter, pipeline.Output.HasHeader, pipeline.Output.LineEnd),
        RecordFormat.Json => new JsonWriter(isArray: true),
        RecordFormat.JsonLines => new JsonWriter(isArray: false),
        _ => new LineWriter(pipeline.Output.LineEnd),
    };
}
