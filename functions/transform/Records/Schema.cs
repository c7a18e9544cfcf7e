using System.Text;
using Glue.Functions.Transform.Formats;

namespace Glue.Functions.Transform.Records;

/// <summary>The columns of records, in their order. Records of one kind share one: what a step finds out about it is found out once.</summary>
internal sealed class Schema
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <exception cref="RecordException">A name stands there twice.</exception>
    public Schema(IReadOnlyList<string> names)
    {
        Names = [.. names];
        Utf8Names = [.. names.Select(Encoding.UTF8.GetBytes)];
        var output = new RecordBuffer();
        JsonNames = [.. Utf8Names.Select((name, i) => JsonName(name, i, output))];
        for (var i = 0; i < names.Count; i++)
        {
            if (!_index.TryAdd(names[i], i))
            {
                throw new RecordException($"the column '{names[i]}' is there twice");
            }
        }
    }

    public string[] Names { get; }

    public byte[][] Utf8Names { get; }

    /// <summary>What stands before each value in a JSON object: <c>{"first":</c>, <c>,"second":</c>.</summary>
    public byte[][] JsonNames { get; }

    public int Count => Names.Length;

    /// <returns>-1: no such column.</returns>
    public int IndexOf(string name) => _index.GetValueOrDefault(name, -1);

    private static byte[] JsonName(byte[] name, int place, RecordBuffer output)
    {
        using var bytes = new MemoryStream();
        output.Begin(bytes);
        output.Write(place == 0 ? "{"u8 : ","u8);
        JsonText.Write(name, output);
        output.Write(":"u8);
        output.Flush();
        return bytes.ToArray();
    }
}
