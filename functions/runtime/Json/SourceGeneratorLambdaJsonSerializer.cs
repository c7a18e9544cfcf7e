using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Glue.Functions.Runtime;

/// <summary>JSON by a source-generated context: no reflection, so it survives ahead-of-time compilation and starts quickly.</summary>
/// <typeparam name="TContext">A partial class with <c>[JsonSerializable(typeof(…))]</c> for the handler's input and output.</typeparam>
public sealed class SourceGeneratorLambdaJsonSerializer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TContext>
    : ILambdaSerializer
    where TContext : JsonSerializerContext
{
    // The generated Default: a context made with new() would forget the options of [JsonSourceGenerationOptions].
    private readonly TContext _context = (TContext)typeof(TContext).GetProperty("Default")!.GetValue(null)!;

    /// <exception cref="JsonException">The event is not JSON of that shape.</exception>
    public T Deserialize<T>(Stream requestStream)
    {
        var type = TypeInfo<T>();
        return requestStream is MemoryStream memory && memory.TryGetBuffer(out var buffer)
            ? JsonSerializer.Deserialize(buffer.AsSpan((int)memory.Position), type)!
            : JsonSerializer.Deserialize(requestStream, type)!;
    }

    public void Serialize<T>(T response, Stream responseStream) => JsonSerializer.Serialize(responseStream, response, TypeInfo<T>());

    private JsonTypeInfo<T> TypeInfo<T>() =>
        _context.GetTypeInfo(typeof(T)) as JsonTypeInfo<T>
        ?? throw new InvalidOperationException($"{typeof(TContext).Name} lacks [JsonSerializable(typeof({typeof(T).Name}))].");
}
