using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Glue.Foundation.Signing;

namespace Glue.FunctionLogs.Api;

/// <summary>A verified request, as the actions read it.</summary>
internal sealed class LogsCall(Credential caller, ReadOnlyMemory<byte> body)
{
    public string AccountId => caller.AccountId;

    /// <exception cref="LogsException">Not JSON, or not of that shape.</exception>
    public T Json<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw LogsException.Serialization("The request's body is null.");
        }
        catch (JsonException e)
        {
            throw LogsException.Serialization($"The request's body cannot be read: {e.Message}");
        }
    }
}
