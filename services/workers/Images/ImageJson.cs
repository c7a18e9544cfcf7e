using System.Text.Json.Serialization;

namespace Glue.Workers.Images;

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(GuestImage))]
internal sealed partial class ImageJson : JsonSerializerContext;
