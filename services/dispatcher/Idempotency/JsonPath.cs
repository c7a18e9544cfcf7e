using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Glue.Dispatcher.Idempotency;

/// <summary>
/// The part of JSONPath (RFC 9535) that names one place: <c>$</c>, <c>.name</c>, <c>['name']</c>, <c>[0]</c>. Without wildcards and filters there
/// is one value or none, which is what a key needs.
/// </summary>
internal sealed partial class JsonPath
{
    private readonly (string? Name, int Index)[] _steps;

    private JsonPath((string? Name, int Index)[] steps) => _steps = steps;

    /// <returns>Null: not such a path.</returns>
    public static JsonPath? Parse(string text)
    {
        if (!text.StartsWith('$'))
        {
            return null;
        }

        var steps = new List<(string? Name, int Index)>();
        var at = 1;
        while (at < text.Length)
        {
            var step = Step().Match(text, at);
            if (!step.Success || step.Index != at)
            {
                return null;
            }

            steps.Add(step.Groups["index"].Success
                ? (null, int.Parse(step.Groups["index"].ValueSpan, CultureInfo.InvariantCulture))
                : (step.Groups["name"].Value, 0));
            at += step.Length;
        }

        return new JsonPath([.. steps]);
    }

    /// <returns>Null: there is nothing at that place.</returns>
    public JsonElement? Find(JsonElement root)
    {
        var at = root;
        foreach (var (name, index) in _steps)
        {
            if (name is not null ? at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)
                : at.ValueKind != JsonValueKind.Array || index >= at.GetArrayLength())
            {
                return null;
            }

            if (name is null)
            {
                at = at[index];
            }
        }

        return at;
    }

    [GeneratedRegex(@"\G(\.(?<name>[^.\[\]'"",\s]+)|\['(?<name>[^']*)'\]|\[(?<index>[0-9]{1,9})\])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Step();
}
