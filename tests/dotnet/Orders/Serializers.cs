using System.Text;
using System.Text.Json;
using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Orders.NamedSerializer))]

namespace Orders;

/// <summary>The assembly's: its answers tell that it wrote them.</summary>
public sealed class NamedSerializer : ILambdaSerializer
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public T Deserialize<T>(Stream requestStream) => JsonSerializer.Deserialize<T>(requestStream, Options)!;

    public void Serialize<T>(T response, Stream responseStream) => JsonSerializer.Serialize(responseStream, new { By = "named", Answer = response }, Options);
}

/// <summary>A method's own.</summary>
public sealed class ShoutingSerializer : ILambdaSerializer
{
    public T Deserialize<T>(Stream requestStream) => (T)(object)new StreamReader(requestStream).ReadToEnd();

    public void Serialize<T>(T response, Stream responseStream) => responseStream.Write(Encoding.UTF8.GetBytes($"\"{response}\"".ToUpperInvariant()));
}
