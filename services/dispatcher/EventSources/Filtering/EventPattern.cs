using System.Text.Json;

namespace Glue.Dispatcher.EventSources.Filtering;

/// <summary>
/// An event pattern: what an event must hold to be wanted. Objects name fields that must all match, lists hold the rules of which one must
/// match, <c>$or</c> lists alternatives (Lambda Developer Guide, "Filter rule syntax", and EventBridge's event patterns, read 2026-11).
/// </summary>
internal sealed class EventPattern
{
    private const int MaxDepth = 50;

    private readonly IReadOnlyList<KeyValuePair<string, Field>> _fields;
    private readonly IReadOnlyList<IReadOnlyList<EventPattern>> _alternatives;

    private EventPattern(IReadOnlyList<KeyValuePair<string, Field>> fields, IReadOnlyList<IReadOnlyList<EventPattern>> alternatives) =>
        (_fields, _alternatives) = (fields, alternatives);

    /// <exception cref="FormatException">It is no pattern; the message says where and why.</exception>
    public static EventPattern Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Of(document.RootElement, "the pattern");
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("it holds half a surrogate pair", e);
        }
    }

    /// <summary>Has the pattern an object, and so the event's JSON, under a top-level field?</summary>
    public bool LooksInto(string field) =>
        _fields.Any(entry => entry.Key == field && entry.Value.Nested is not null) || _alternatives.Any(any => any.Any(pattern => pattern.LooksInto(field)));

    /// <param name="element">Null: there is nothing there.</param>
    public bool Matches(JsonElement? element)
    {
        if (element is { ValueKind: JsonValueKind.Array } list)
        {
            return list.EnumerateArray().Any(item => Matches(item));
        }

        var isObject = element is { ValueKind: JsonValueKind.Object };
        if (element is not null && !isObject)
        {
            return false;
        }

        foreach (var (name, field) in _fields)
        {
            JsonElement? value = isObject && element!.Value.TryGetProperty(name, out var found) ? found : null;
            if (!(field.Nested?.Matches(value) ?? field.Rules!.Any(rule => Matches(rule, value))))
            {
                return false;
            }
        }

        return _alternatives.All(any => any.Any(pattern => pattern.Matches(element)));
    }

    /// <summary>Of a list one item must match; of an empty one only its absence can be asked.</summary>
    private static bool Matches(PatternRule rule, JsonElement? value) => value is { ValueKind: JsonValueKind.Array } list
        ? rule.IsOfAbsence ? rule.Matches(value) : list.EnumerateArray().Any(item => Matches(rule, item))
        : rule.Matches(value);

    private static EventPattern Of(JsonElement json, string where)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{where} must be an object");
        }

        var fields = new List<KeyValuePair<string, Field>>();
        var alternatives = new List<IReadOnlyList<EventPattern>>();
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name == "$or")
            {
                alternatives.Add(Alternatives(property.Value));
                continue;
            }

            fields.Add(new(property.Name, property.Value.ValueKind switch
            {
                JsonValueKind.Object => new Field(Of(property.Value, $"'{property.Name}'"), null),
                JsonValueKind.Array when property.Value.GetArrayLength() > 0 => new Field(null, [.. property.Value.EnumerateArray().Select(rule => PatternRule.Of(rule, property.Name))]),
                _ => throw new FormatException($"'{property.Name}' must be a list of rules (at least one) or an object"),
            }));
        }

        return fields.Count + alternatives.Count > 0 ? new EventPattern(fields, alternatives) : throw new FormatException($"{where} is empty");
    }

    private static List<EventPattern> Alternatives(JsonElement json) => json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 1
        ? [.. json.EnumerateArray().Select(static each => Of(each, "an alternative of '$or'"))]
        : throw new FormatException("'$or' must be a list of at least two patterns");

    private sealed record Field(EventPattern? Nested, IReadOnlyList<PatternRule>? Rules);
}
