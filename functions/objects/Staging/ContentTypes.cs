using System.Collections.Frozen;

namespace Glue.Functions.Objects.Staging;

/// <summary>Content types by extension, of what functions mostly write; the rest is bytes.</summary>
internal static class ContentTypes
{
    private static readonly FrozenDictionary<string, string> Known = new Dictionary<string, string>
    {
        [".avif"] = "image/avif", [".css"] = "text/css", [".csv"] = "text/csv", [".gif"] = "image/gif", [".heic"] = "image/heic",
        [".htm"] = "text/html", [".html"] = "text/html", [".jpeg"] = "image/jpeg", [".jpg"] = "image/jpeg", [".js"] = "text/javascript",
        [".json"] = "application/json", [".jsonl"] = "application/x-ndjson", [".log"] = "text/plain", [".md"] = "text/markdown",
        [".mp3"] = "audio/mpeg", [".mp4"] = "video/mp4", [".ndjson"] = "application/x-ndjson", [".pdf"] = "application/pdf",
        [".png"] = "image/png", [".svg"] = "image/svg+xml", [".tif"] = "image/tiff", [".tiff"] = "image/tiff", [".txt"] = "text/plain",
        [".wasm"] = "application/wasm", [".webm"] = "video/webm", [".webp"] = "image/webp", [".xml"] = "application/xml",
        [".yaml"] = "application/yaml", [".yml"] = "application/yaml", [".zip"] = "application/zip", [".gz"] = "application/gzip",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static string Of(string key) => Known.GetValueOrDefault(Path.GetExtension(key), "application/octet-stream");
}
