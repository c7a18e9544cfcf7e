using System.Buffers;
using System.IO.Pipelines;

namespace Glue.AttachedStores.Listening;

/// <summary>The answer of a listen call: JSON values, one per line, and blanks in between as signs of life.</summary>
internal sealed class EventLines(Stream answer) : IAsyncDisposable
{
    private const int MaxLineBytes = 1024 * 1024; // an event has a few KiB
    private const int MaxLines = 500;

    private readonly PipeReader _reader = PipeReader.Create(answer, new StreamPipeReaderOptions(bufferSize: 16 * 1024));

    /// <summary>Waits until something has come, be it a sign of life.</summary>
    /// <returns>The whole lines that are there, none perhaps; null: the answer has ended.</returns>
    /// <exception cref="InvalidDataException">A line without an end.</exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadAsync(CancellationToken cancellationToken)
    {
        var result = await _reader.ReadAsync(cancellationToken);
        var (rest, lines) = (SkipBlanks(result.Buffer), new List<ReadOnlyMemory<byte>>());
        while (lines.Count < MaxLines && rest.PositionOf((byte)'\n') is { } end)
        {
            lines.Add(rest.Slice(0, end).ToArray());
            rest = SkipBlanks(rest.Slice(rest.GetPosition(1, end)));
        }

        if (rest.Length > MaxLineBytes && lines.Count == 0)
        {
            throw new InvalidDataException($"The store told of an event in more than {MaxLineBytes} bytes.");
        }

        // What is taken as looked at is not given again before more has come: not with whole lines left in it.
        _reader.AdvanceTo(rest.Start, lines.Count == MaxLines ? rest.Start : rest.End);
        return lines.Count == 0 && result.IsCompleted ? null : lines;
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    private static ReadOnlySequence<byte> SkipBlanks(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.AdvancePastAny(" \r\n"u8);
        return buffer.Slice(reader.Position);
    }
}
