using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>What calls deployed: functions, layer versions and event source mappings.</summary>
internal static class Deployments
{
    private const string Functions = "/2015-03-31/functions";
    private const string Mappings = "/2015-03-31/event-source-mappings";
    private const string Layers = "/2018-10-31/layers";

    /// <summary>Deletes all but one function, and says how many they were.</summary>
    public static async Task<string> DeleteAsync(LambdaApi lambda, string kept)
    {
        var (functions, mappings, layers) = (0, 0, 0);
        await foreach (var function in ListAsync(lambda, Functions + "?", "Functions"))
        {
            var name = (string)function["FunctionName"]!;
            functions += name == kept ? 0 : await DeleteOneAsync(lambda, $"{Functions}/{Uri.EscapeDataString(name)}");
        }

        await foreach (var mapping in ListAsync(lambda, Mappings + "?", "EventSourceMappings"))
        {
            mappings += await DeleteOneAsync(lambda, $"{Mappings}/{(string)mapping["UUID"]!}");
        }

        await foreach (var layer in ListAsync(lambda, Layers + "?", "Layers"))
        {
            var versions = $"{Layers}/{Uri.EscapeDataString((string)layer["LayerName"]!)}/versions";
            await foreach (var version in ListAsync(lambda, versions + "?", "LayerVersions"))
            {
                layers += await DeleteOneAsync(lambda, $"{versions}/{(int)version["Version"]!}");
            }
        }

        return $"{functions} functions, {mappings} event source mappings, {layers} layer versions";
    }

    private static async Task<int> DeleteOneAsync(LambdaApi lambda, string path)
    {
        using var response = await lambda.SendAsync(HttpMethod.Delete, path, body: null);
        Assert.True(response.IsSuccessStatusCode, $"DELETE {path}: {await response.Content.ReadAsStringAsync()}");
        return 1;
    }

    /// <summary>Page by page: a page's marker is a name, so what it named may be gone when the next is asked for.</summary>
    private static async IAsyncEnumerable<JsonNode> ListAsync(LambdaApi lambda, string path, string member)
    {
        for (string? marker = ""; marker is not null;)
        {
            using var response = await lambda.SendAsync(HttpMethod.Get, path + (marker.Length == 0 ? "" : "Marker=" + Uri.EscapeDataString(marker)), body: null);
            Assert.True(response.IsSuccessStatusCode, $"GET {path}: {await response.Content.ReadAsStringAsync()}");
            var page = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
            foreach (var item in page[member]!.AsArray())
            {
                yield return item!;
            }

            marker = (string?)page["NextMarker"];
        }
    }
}
