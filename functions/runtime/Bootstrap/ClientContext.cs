using System.Text.Json;

namespace Glue.Functions.Runtime;

/// <summary>The client context's JSON: <c>{"client": {…}, "custom": {…}, "env": {…}}</c>; parts that are left out are empty.</summary>
internal sealed class ClientContext : IClientContext, IClientApplication
{
    private readonly Dictionary<string, string> _client;

    private ClientContext(JsonElement root)
    {
        _client = Texts(root, "client");
        Custom = Texts(root, "custom");
        Environment = Texts(root, "env");
    }

    public IDictionary<string, string> Environment { get; }

    public IDictionary<string, string> Custom { get; }

    public IClientApplication? Client => _client.Count > 0 ? this : null;

    public string? AppPackageName => _client.GetValueOrDefault("app_package_name");

    public string? AppTitle => _client.GetValueOrDefault("app_title");

    public string? AppVersionCode => _client.GetValueOrDefault("app_version_code");

    public string? AppVersionName => _client.GetValueOrDefault("app_version_name");

    public string? InstallationId => _client.GetValueOrDefault("installation_id");

    /// <exception cref="JsonException">The caller sent something else than a JSON object.</exception>
    public static ClientContext Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? new ClientContext(document.RootElement)
            : throw new JsonException("The client context is not a JSON object.");
    }

    private static Dictionary<string, string> Texts(JsonElement root, string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in part.EnumerateObject())
            {
                texts[property.Name] = property.Value.ToString();
            }
        }

        return texts;
    }
}
