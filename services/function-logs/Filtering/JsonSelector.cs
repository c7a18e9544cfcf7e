using System.Text.Json;

namespace Glue.FunctionLogs.Filtering;

/// <summary><c>$.name</c>, <c>$.a.b[0]</c>: where in a document a condition looks.</summary>
/// <param name="Steps">Names (text) and array places (int), outermost first.</param>
internal sealed record JsonSelector(IReadOnlyList<object> Steps)
{
    /// <returns>Null: there is no such field.</returns>
    public JsonElement? Find(JsonElement root)
    {
        var at = root;
        foreach (var step in Steps)
        {
            if (step is string name)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return null;
                }
            }
            else
            {
                var place = (int)step;
                if (at.ValueKind != JsonValueKind.Array || place >= at.GetArrayLength())
                {
                    return null;
                }

                at = at[place];
            }
        }

        return at;
    }
}
