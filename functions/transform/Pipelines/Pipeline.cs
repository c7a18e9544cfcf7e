using System.Text;
using Glue.Functions.Transform.Steps;

namespace Glue.Functions.Transform.Pipelines;

/// <summary>A pipeline as it was declared.</summary>
internal sealed record Pipeline
{
    public required InputSide Input { get; init; }

    public required IReadOnlyList<Step> Steps { get; init; }

    public required OutputSide Output { get; init; }

    /// <summary><c>rejects.limit</c>: bad records that are put aside before the run fails; default 1,000.</summary>
    public long MostRejects { get; init; } = 1_000;

    /// <param name="Format">Null: by the key's extension.</param>
    /// <param name="Delimiter">Of CSV; null: comma, or tab for <c>.tsv</c>.</param>
    /// <param name="HasHeader">Of CSV.</param>
    /// <param name="Charset">Null: UTF-8, or UTF-16 by its byte order mark.</param>
    internal sealed record InputSide(RecordFormat? Format, byte? Delimiter, bool HasHeader, Encoding? Charset);

    /// <param name="Format">What is written.</param>
    /// <param name="Delimiter">Of CSV.</param>
    /// <param name="HasHeader">Of CSV.</param>
    /// <param name="LineEnd">Of CSV and text.</param>
    /// <param name="Packing">Compression.</param>
    /// <param name="MostRows">Of one object; null: no splitting by rows.</param>
    /// <param name="MostBytes">Of one object before compression; null: no splitting by bytes.</param>
    internal sealed record OutputSide(RecordFormat Format, byte Delimiter, bool HasHeader, byte[] LineEnd, Packing Packing, long? MostRows, long? MostBytes)
    {
        public bool IsSplit => MostRows is not null || MostBytes is not null;

        public string Extension => Format switch
        {
            RecordFormat.Csv => Delimiter == '\t' ? ".tsv" : ".csv",
            RecordFormat.Json => ".json",
            RecordFormat.JsonLines => ".jsonl",
            _ => ".txt",
        };

        public string PackingExtension => Packing switch { Packing.Gzip => ".gz", Packing.Zstd => ".zst", _ => "" };
    }
}
