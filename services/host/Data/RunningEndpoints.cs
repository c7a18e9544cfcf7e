using System.Text.Json;
using System.Text.Json.Serialization;

namespace Glue.Host.Data;

/// <summary>Where the stack of a data folder listens; written when it is ready, removed when it stops, read by the other verbs.</summary>
internal sealed record RunningEndpoints(Uri S3, Uri Api)
{
    public void WriteTo(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, RunningEndpointsJson.Default.RunningEndpoints));

    /// <exception cref="StartupException">No stack runs on that folder.</exception>
    public static RunningEndpoints Of(string dataFolder)
    {
        var path = DataFolder.EndpointsOf(dataFolder);
        return File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllText(path), RunningEndpointsJson.Default.RunningEndpoints) is { } found
            ? found
            : throw new StartupException($"No running stack was found in {System.IO.Path.GetFullPath(dataFolder)}. "
                + "Start one with ./glue up, or name its folder with --data.");
    }
}

[JsonSerializable(typeof(RunningEndpoints))]
internal sealed partial class RunningEndpointsJson : JsonSerializerContext;
