using System.Text.Json;
using System.Text.Json.Serialization;

namespace Glue.Dispatcher.Roles;

/// <summary>A role as the API shows it; the list leaves the policy out.</summary>
internal sealed record RoleView(string Name, DateTimeOffset ChangedAt, JsonElement? Policy);

internal sealed record RoleList(IReadOnlyList<RoleView> Roles);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RoleView))]
[JsonSerializable(typeof(RoleList))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class RoleJson : JsonSerializerContext;
