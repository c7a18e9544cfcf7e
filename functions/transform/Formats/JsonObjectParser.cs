using System.Text.Json;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>A JSON object to a record: its members are the columns, objects and arrays inside stay JSON.</summary>
internal sealed class JsonObjectParser
{
    private const int MostColumns = 10_000;
    private const int MostSchemas = 1_000;

    private readonly Dictionary<string, Schema> _schemas = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private Value[] _values = new Value[16];
    private Schema _last = new([]);

    /// <exception cref="RecordException">Not one JSON object.</exception>
    public void Parse(ReadOnlyMemory<byte> json, Record record)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new RecordException("it is not a JSON object");
            }

            var schema = Members(ref reader, json, out var count);
            if (reader.Read())
            {
                throw new RecordException("something follows the JSON object");
            }

            _values.AsSpan(0, count).CopyTo(record.Shape(schema));
        }
        catch (InvalidOperationException)
        {
            throw new RecordException("a string has half of a surrogate pair");
        }
        catch (JsonException e)
        {
            throw new RecordException($"it is not JSON: {e.Message.Split(". Path:", StringSplitOptions.None)[0].Split(" LineNumber:", StringSplitOptions.None)[0]}");
        }
    }

    private Schema Members(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, out int count)
    {
        count = 0;
        var isLast = true; // the same columns as the record before, so far
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (isLast && !(count < _last.Count && reader.ValueTextEquals(_last.Utf8Names[count])))
            {
                isLast = false;
                _names.Clear();
                _names.AddRange(_last.Names.AsSpan(0, count));
            }

            if (!isLast)
            {
                _names.Add(reader.GetString()!);
            }

            if (count == _values.Length)
            {
                if (count >= MostColumns)
                {
                    throw new RecordException($"it has more than {MostColumns} members");
                }

                Array.Resize(ref _values, count * 2);
            }

            reader.Read();
            _values[count++] = ReadValue(ref reader, json);
        }

        if (isLast && count == _last.Count)
        {
            return _last;
        }

        return _last = Find(isLast ? [.. _last.Names.AsSpan(0, count)] : _names);
    }

    private Schema Find(List<string> names)
    {
        var key = string.Concat(names.Select(static name => $"{name.Length}:{name}")); // names may hold any character
        if (!_schemas.TryGetValue(key, out var schema))
        {
            schema = new Schema(names);
            if (_schemas.Count < MostSchemas)
            {
                _schemas[key] = schema;
            }
        }

        return schema;
    }

    private static Value ReadValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.String when !reader.ValueIsEscaped:
                return Value.OfText(json.Slice(start + 1, reader.ValueSpan.Length));
            case JsonTokenType.String:
                var text = new byte[reader.ValueSpan.Length];
                return Value.OfText(text.AsMemory(0, reader.CopyString(text)));
            case JsonTokenType.Number:
                return Value.TryNumber(json.Slice(start, reader.ValueSpan.Length), out var number)
                    ? number
                    : Value.OfJson(json.Slice(start, reader.ValueSpan.Length)); // more than a double holds: carried as it is
            case JsonTokenType.True or JsonTokenType.False:
                return Value.Of(reader.TokenType == JsonTokenType.True);
            case JsonTokenType.Null:
                return Value.Null;
            default:
                reader.Skip();
                return Value.OfJson(JsonText.Compact(json[start..(int)reader.BytesConsumed]));
        }
    }
}
